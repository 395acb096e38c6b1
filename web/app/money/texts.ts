import { defineProblems, defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  line: {
    status: {
      done: ['Concluído', 'Done'],
      pending: ['Em andamento', 'In progress'],
      failed: ['Não realizado', 'Not done'],
    },
    in: ['Pix recebido', 'Pix received'],
    returnIn: ['Devolução recebida', 'Return received'],
    returnOut: ['Devolução enviada', 'Return sent'],
    out: ['Pix enviado', 'Pix sent'],
    hold: ['Valor reservado', 'Amount held'],
    other: ['Movimentação', 'Entry'],
    after: ['Saldo depois', 'Balance after'],
  },
  pix: {
    key: ['Sua chave Pix', 'Your Pix key'],
    copyKey: ['Copiar chave Pix', 'Copy Pix key'],
    in: ['Entradas', 'Money in'],
    out: ['Saídas', 'Money out'],
    steps: ['Passo a passo', 'Step by step'],
    attempt: ['tentativa {n}', 'try {n}'],
    stepDone: ['concluído', 'done'],
    stepRunning: ['em andamento', 'in progress'],
    stepFailed: ['não realizado', 'not done'],
    stepWaiting: ['a seguir', 'next'],
    stepUnanswered: ['sem resposta no prazo', 'no answer in time'],
    note: ['Mensagem', 'Message'],
    e2e: ['ID da transação (endToEndId)', 'Transaction ID (endToEndId)'],
    copyE2e: ['Copiar ID da transação', 'Copy transaction ID'],
    print: ['Imprimir', 'Print'],
    statement: ['Ver extrato', 'See statement'],
    giveBack: ['Devolver este Pix', 'Give this Pix back'],
    seeComprovante: ['Ver comprovante', 'See receipt'],
    zero: ['Informe um valor maior que zero.', 'Give an amount of more than zero.'],
  },
  comprovante: {
    payer: ['Quem pagou', 'Payer'],
    payee: ['Quem recebeu', 'Payee'],
    giver: ['Quem devolveu', 'Given back by'],
    returnId: ['ID da devolução', 'Return id'],
    returnOf: ['ID do Pix devolvido', 'Id of the Pix given back'],
    about: ['Sobre o Pix', 'About this Pix'],
    name: ['Nome', 'Name'],
    taxId: ['CPF ou CNPJ', 'CPF or CNPJ'],
    bank: ['Instituição', 'Institution'],
    account: ['Agência e conta', 'Branch and account'],
    at: ['Data e hora', 'Date and time'],
    e2e: ['ID da transação', 'Transaction id'],
    erased: ['Dados apagados', 'Data erased'],
    share: ['Compartilhar PDF', 'Share PDF'],
  },
  step: {
    created: ['Pedido recebido', 'Request received'],
    risk: ['Risco avaliado', 'Risk assessed'],
    review: ['Análise de segurança', 'Security review'],
    hold: ['Valor reservado', 'Amount held'],
    send: ['Enviado à instituição', 'Sent to the institution'],
    confirm: ['Confirmação do destino', 'Confirmation by the payee’s side'],
    query: ['Consulta à instituição', 'Asking the institution'],
    settle: ['Débito registrado', 'Debit recorded'],
    release: ['Reserva devolvida', 'Hold released'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    line: (typeof texts)['line'];
    pix: (typeof texts)['pix'];
    comprovante: (typeof texts)['comprovante'];
    step: (typeof texts)['step'];
  }
}

/** What happened, and what to do, by the code of the refusal; codes not here show the server's own words. */
defineProblems({
  PIX_BR_CODE_EMPTY: {
    title: ['Cole um código ou digite uma chave', 'Paste a code or type a key'],
    text: ['O campo está vazio.', 'The field is empty.'],
  },
  PIX_BR_CODE_TOO_LONG: {
    title: ['O texto é longo demais para um código Pix', 'The text is too long for a Pix code'],
    text: [
      'Pode ter vindo texto a mais junto. Copie só o código e cole de novo.',
      'Some extra text may have come along. Copy only the code and paste it again.',
    ],
  },
  PIX_BR_CODE_BAD_CRC: {
    title: ['O código está incompleto ou foi alterado', 'The code is incomplete or was changed'],
    text: [
      'A verificação no fim do código não confere. Copie o código inteiro outra vez, sem mudar nada.',
      'The check at its end does not match. Copy the whole code again, changing nothing.',
    ],
  },
  PIX_BR_CODE_MALFORMED: {
    title: ['Não conseguimos ler este código', 'We could not read this code'],
    text: [
      'Ele não segue o formato de um código Pix. Peça o código de novo a quem vai receber.',
      'It does not have the form of a Pix code. Ask the payee for the code again.',
    ],
  },
  PIX_BR_CODE_NOT_PIX: {
    title: ['Isto não é um código nem uma chave Pix', 'This is neither a Pix code nor a key'],
    text: [
      'Cole o “Pix copia e cola”, ou digite uma chave: CPF, CNPJ, celular com DDD, e-mail ou chave aleatória.',
      'Paste the Pix code, or type a key: CPF, CNPJ, mobile with area code, e-mail or random key.',
    ],
  },
  PIX_BR_CODE_FIELD_INVALID: {
    title: ['Um campo do código está errado', 'A field of the code is wrong'],
    text: [
      'Quem gerou o código preencheu algo fora das regras do Pix. Peça um código novo.',
      'Whoever made the code filled something against the rules of Pix. Ask for a new one.',
    ],
  },
  PIX_BR_CODE_CURRENCY: {
    title: ['O código não está em reais', 'The code is not in reais'],
    text: ['Pix só move reais. Peça um código em reais a quem vai receber.', 'Pix moves only reais. Ask the payee for a code in reais.'],
  },
  PIX_BR_CODE_RECURRENCE_UNSUPPORTED: {
    title: ['Este é um código de Pix Automático', 'This is a Pix Automático code'],
    text: [
      'Autorizar cobranças recorrentes ainda não está disponível. Peça um código de pagamento único.',
      'Authorising recurring charges is not available yet. Ask for a code for a single payment.',
    ],
  },
  PIX_BR_CODE_WITHDRAWAL_UNSUPPORTED: {
    title: ['Este é um código de Pix Saque ou Pix Troco', 'This is a Pix withdrawal code (Saque or Troco)'],
    text: [
      'Sacar dinheiro por Pix ainda não está disponível. Para uma compra, peça um código de pagamento.',
      'Withdrawing cash with Pix is not available yet. For a purchase, ask for a payment code.',
    ],
  },
  PIX_KEY_CPF_INVALID: {
    title: ['Este CPF não existe', 'This CPF does not exist'],
    text: ['Confira os 11 dígitos com quem vai receber.', 'Check the 11 digits with the payee.'],
  },
  PIX_KEY_CNPJ_INVALID: {
    title: ['Este CNPJ não existe', 'This CNPJ does not exist'],
    text: ['Confira os 14 caracteres com quem vai receber.', 'Check the 14 characters with the payee.'],
  },
  PIX_KEY_PHONE_INVALID: {
    title: ['Este não é um celular com DDD', 'This is no mobile number with area code'],
    text: ['Escreva o DDD e os nove dígitos, como (11) 98765-4321.', 'Type area code and nine digits, like (11) 98765-4321.'],
  },
  PIX_KEY_EMAIL_INVALID: {
    title: ['Este e-mail está malformado', 'This e-mail is malformed'],
    text: ['Confira o endereço com quem vai receber.', 'Check the address with the payee.'],
  },
  PIX_KEY_EVP_INVALID: {
    title: ['Esta chave aleatória está incompleta ou alterada', 'This random key is incomplete or was altered'],
    text: ['Copie a chave inteira outra vez.', 'Copy the whole key again.'],
  },
  PIX_BOLETO_UNSUPPORTED: {
    title: ['Isto é um boleto, e não um Pix', 'This is a boleto, not a Pix'],
    text: [
      'Boletos ainda não são pagos aqui. Se ele traz um QR Code do Pix, cole o código dele.',
      'Boletos cannot be paid here yet. If it shows a Pix QR code, paste that code.',
    ],
  },
  PIX_KEY_NOT_FOUND: {
    title: ['Chave Pix não encontrada', 'Pix key not found'],
    text: [
      'Confira cada caractere com quem vai receber. A chave pode ter mudado.',
      'Check each character with the payee. The key may have changed.',
    ],
  },
  PIX_CHARGE_EXPIRED: {
    title: ['Esta cobrança venceu', 'This charge has expired'],
    text: [
      'Não é mais possível pagar este código. Peça um novo a quem cobra.',
      'The code can no longer be paid. Ask the payee for a new one.',
    ],
  },
  PIX_DIRECTORY_UNAVAILABLE: {
    title: ['A consulta de chaves está fora do ar', 'The key directory is down'],
    text: ['Nenhum valor foi movido. Tente de novo em alguns instantes.', 'No money was moved. Try again in a moment.'],
  },
  PIX_CHARGE_NOT_FOUND: {
    title: ['Cobrança não encontrada', 'Charge not found'],
    text: ['Peça um código novo a quem cobra.', 'Ask the payee for a new code.'],
  },
  PIX_CHARGE_PAID: {
    title: ['Esta cobrança já foi paga ou cancelada', 'This charge was paid or cancelled'],
    text: ['Confira com quem cobra antes de pagar outra.', 'Check with the payee before you pay another.'],
  },
  PIX_PROVIDER_UNAVAILABLE: {
    title: ['O provedor do Pix não respondeu', 'The Pix provider did not answer'],
    text: ['Nenhum valor foi movido. Tente de novo em alguns instantes.', 'No money was moved. Try again in a moment.'],
  },
  PAYMENTS_QUOTE_NOT_FOUND: {
    title: ['A leitura do código não está mais aqui', 'The reading of the code is gone'],
    text: ['Nenhum valor foi movido. Leia o código de novo.', 'No money was moved. Read the code again.'],
  },
  PAYMENTS_QUOTE_EXPIRED: {
    title: ['A leitura do código venceu', 'The reading of the code has expired'],
    text: [
      'Ela vale dez minutos. Nenhum valor foi movido. Leia o código de novo.',
      'It is good for ten minutes. No money was moved. Read the code again.',
    ],
  },
  PAYMENTS_QUOTE_USED: {
    title: ['Este código já foi confirmado', 'This code was confirmed already'],
    text: [
      'Veja o pagamento no extrato. Para pagar outra vez, leia o código de novo.',
      'See the payment in the statement. To pay once more, read the code again.',
    ],
  },
  PAYMENTS_AMOUNT_INVALID: {
    title: ['Valor inválido', 'Invalid amount'],
    text: ['Informe um valor maior que zero.', 'Enter an amount above zero.'],
  },
  PAYMENTS_AMOUNT_FIXED: {
    title: ['O valor deste código não pode mudar', 'The amount of this code cannot change'],
    text: ['Nenhum valor foi movido. Leia o código de novo.', 'No money was moved. Read the code again.'],
  },
  PAYMENTS_TO_SELF: {
    title: ['Esta chave é da sua própria conta', 'This key is of your own account'],
    text: ['Use a chave ou o código de outra pessoa.', 'Use the key or code of somebody else.'],
  },
  PAYMENTS_ACCOUNT_OPENING: {
    title: ['Sua conta ainda está sendo aberta', 'Your account is still being opened'],
    text: ['Tente de novo em alguns instantes.', 'Try again in a moment.'],
  },
});
