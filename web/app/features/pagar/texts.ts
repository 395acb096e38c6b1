import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  pay: {
    h1: ['Pagar com Pix', 'Pay with Pix'],
    sub: ['Saldo disponível: {v}', 'Available balance: {v}'],
    code: ['Código Pix ou chave', 'Pix code or key'],
    codeHint: [
      'Cole o código “copia e cola”, ou digite uma chave: CPF, CNPJ, celular, e-mail ou aleatória.',
      'Paste the “copia e cola” code, or type a key: CPF, CNPJ, mobile, e-mail or random.',
    ],
    paste: ['Colar', 'Paste'],
    pasteFailed: ['O navegador não deixou colar. Toque no campo e cole.', 'The browser did not allow pasting. Tap the field and paste.'],
    decode: ['Continuar', 'Continue'],
    decoding: ['Lendo o código…', 'Reading the code…'],
    kindBrCode: ['Código Pix “copia e cola”', 'Pix “copia e cola” code'],
    kindCpf: ['Chave CPF', 'CPF key'],
    kindCnpj: ['Chave CNPJ', 'CNPJ key'],
    kindPhone: ['Chave celular', 'Mobile key'],
    kindEmail: ['Chave e-mail', 'E-mail key'],
    kindEvp: ['Chave aleatória', 'Random key'],
    review: ['Confira antes de pagar', 'Check before you pay'],
    to: ['Para', 'To'],
    bank: ['Instituição', 'Institution'],
    key: ['Chave', 'Key'],
    city: ['Cidade', 'City'],
    txid: ['Identificador', 'Identifier'],
    about: ['Descrição da cobrança', 'About the charge'],
    expires: ['Vale até', 'Valid until'],
    amount: ['Valor', 'Amount'],
    fixed: ['O valor é definido por quem cobra.', 'The amount is set by the payee.'],
    zero: ['Informe um valor maior que zero.', 'Enter an amount above zero.'],
    over: ['O valor passa do seu saldo de {v}.', 'The amount is over your balance of {v}.'],
    overFixed: ['Seu saldo de {v} não cobre este valor.', 'Your balance of {v} does not cover this amount.'],
    note: ['Mensagem (opcional)', 'Message (optional)'],
    confirm: ['Pagar {v}', 'Pay {v}'],
    confirmPlain: ['Pagar', 'Pay'],
    sending: ['Enviando…', 'Sending…'],
    change: ['Usar outro código', 'Use another code'],
    help: ['Confira o nome: um Pix concluído não pode ser cancelado por aqui.', 'Check the name: a finished Pix cannot be cancelled here.'],
    lostTitle: ['Não sabemos se o pagamento de {v} para {n} foi feito', 'We do not know whether the payment of {v} to {n} was made'],
    lostText: [
      'A resposta ao pedido de {when} não chegou. Verificar só pergunta o que aconteceu: nunca paga.',
      'The answer to the request of {when} did not come. Checking only asks what happened: it never pays.',
    ],
    lostNotYet: [
      'O Lastro ainda não recebeu este pedido, mas ele pode estar a caminho. Espere um minuto e verifique de novo antes de pagar outra vez.',
      'Lastro has not received this request yet, but it may be on its way. Wait a minute and check again before you pay once more.',
    ],
    lostNone: ['O pagamento de {v} para {n} não foi feito', 'The payment of {v} to {n} was not made'],
    lostNoneText: [
      'O Lastro não recebeu o pedido de {when}, e nenhum valor saiu da sua conta. Se ainda quiser pagar, faça o pagamento de novo.',
      'Lastro did not receive the request of {when}, and no money left your account. If you still want to pay, make the payment again.',
    ],
    lostSomebody: ['quem vai receber', 'the payee'],
    lostOk: ['Entendi', 'Understood'],
    check: ['Verificar agora', 'Check now'],
    checking: ['Verificando…', 'Checking…'],
    discard: ['Descartar este aviso', 'Discard this notice'],
    blocked: [
      'Antes de pagar, verifique ou descarte o pagamento sem resposta acima.',
      'Before you pay, check or discard the unanswered payment above.',
    ],
    reread: ['Ler o código de novo', 'Read the code again'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    pay: (typeof texts)['pay'];
  }
}
