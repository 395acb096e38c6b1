import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  payment: {
    more: ['Ver passo a passo', 'See each step'],
    processing: ['Processando seu Pix', 'Working on your Pix'],
    processingText: [
      'Estamos cuidando do pagamento. Você pode sair desta tela: ele continua, e aparece no extrato.',
      'We are taking care of the payment. You may leave this screen: it goes on, and shows in the statement.',
    ],
    sent: ['Pix enviado, aguardando confirmação', 'Pix sent, awaiting confirmation'],
    sentText: [
      'O valor está reservado até a instituição de destino confirmar. Costuma levar poucos segundos.',
      'The amount is held until the payee’s institution confirms. It usually takes a few seconds.',
    ],
    settled: ['Pix concluído', 'Pix complete'],
    settledText: ['O dinheiro está na conta de quem recebe.', 'The money is in the payee’s account.'],
    inReview: ['Pagamento em análise', 'Payment under review'],
    inReviewText: [
      'O dinheiro não foi enviado. A análise de segurança leva até 30 minutos de dia e 60 à noite; você não precisa fazer nada, nem pagar de novo.',
      'The money was not sent. The security review takes up to 30 minutes by day and 60 by night; you need do nothing, nor pay again.',
    ],
    declined: ['Pagamento não realizado', 'Payment not made'],
    declinedText: ['Nenhum valor saiu da sua conta.', 'No money left your account.'],
    declinedDo: [
      'Confira o motivo, ajuste o que for preciso e faça um novo pagamento.',
      'See the reason, change what is needed and make a new payment.',
    ],
    blocked: ['Pagamento bloqueado para proteger você', 'Payment blocked to protect you'],
    doBlocked: [
      'Não tente pagar por outro caminho. Se alguém pediu este Pix por mensagem ou telefone, fale com a pessoa por um contato que você já tinha: pode ser golpe.',
      'Do not try to pay another way. If somebody asked for this Pix by message or phone, talk to them through a contact you had before: it may be a scam.',
    ],
    doReviewDenied: [
      'Repetir o mesmo pagamento terá a mesma resposta. Confirme com quem vai receber se os dados estão certos.',
      'The same payment would get the same answer. Ask the payee whether the details are right.',
    ],
    doReviewExpired: [
      'Você pode fazer o pagamento outra vez: ele passará por uma nova análise.',
      'You may make the payment again: it will go through a new review.',
    ],
    doFunds: [
      'Receba dinheiro na conta, ou pague um valor que caiba no saldo.',
      'Receive money, or pay an amount that your balance covers.',
    ],
    doFrozen: [
      'Sua conta não pode enviar dinheiro agora. O que chega continua entrando.',
      'Your account cannot send money now. What comes in still arrives.',
    ],
    doPace: [
      'É um limite de ritmo, e não um problema com quem recebe. Espere um pouco antes de tentar de novo.',
      'This is a limit of pace, not a problem with the payee. Wait a little before you try again.',
    ],
    doRisk: [
      'Antes de tentar de novo, confirme com quem vai receber que o pedido é mesmo dela.',
      'Ask the payee whether the request is really theirs.',
    ],
    failed: ['A instituição de destino recusou o Pix', 'The payee’s institution refused the Pix'],
    failedText: ['O valor voltou inteiro para o seu saldo.', 'The whole amount is back in your balance.'],
    failedDo: [
      'Confira a chave ou o código com quem vai receber e tente outra vez.',
      'Check the key or code with the payee and try again.',
    ],
    unknown: ['Aguardando a confirmação do envio', 'Awaiting confirmation of the sending'],
    unknownText: [
      'Enviamos o Pix, mas a resposta ainda não chegou. O valor continua reservado: ele sai uma única vez, ou volta inteiro para o seu saldo.',
      'We sent the Pix, but the answer has not come yet. The amount stays held: it leaves once only, or comes back whole to your balance.',
    ],
    unknownDo: [
      'Não pague de novo. Perguntamos sozinhos até ter a resposta, e esta tela se atualiza.',
      'Do not pay again. We keep asking until there is an answer, and this screen updates.',
    ],
    disputed: ['Pagamento em análise', 'Payment under review'],
    disputedText: [
      'O banco nos disse coisas que não combinam sobre este Pix. Pessoas da nossa equipe estão conferindo; até lá, o valor fica como está.',
      'The bank told us things about this Pix that do not agree. Our people are checking; until then the amount stays as it is.',
    ],
    disputedDo: [
      'Não pague de novo. Avisamos aqui assim que a conferência terminar.',
      'Do not pay again. This screen tells as soon as the check is over.',
    ],
    stuck: ['Aguardando o banco', 'Waiting for the bank'],
    stuckText: [
      'O banco não confirmou este Pix no prazo, e pode ser que ele tenha saído. O valor continua reservado enquanto conferimos.',
      'The bank did not confirm this Pix in time, and it may have gone out. The amount stays reserved while we check.',
    ],
    why: ['Motivo', 'Reason'],
    to: ['Para', 'To'],
    taxId: ['CPF ou CNPJ', 'CPF or CNPJ'],
    bank: ['Instituição', 'Institution'],
    created: ['Pedido em', 'Asked on'],
    id: ['Pagamento', 'Payment'],
    details: ['Detalhes', 'Details'],
    another: ['Fazer outro Pix', 'Make another Pix'],
    notFound: ['Não encontramos este pagamento.', 'We did not find this payment.'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    payment: (typeof texts)['payment'];
  }
}
