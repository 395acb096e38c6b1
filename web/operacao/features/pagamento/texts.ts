import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  inspect: {
    back: ['Voltar à fila', 'Back to the inbox'],
    loading: ['Lendo o pagamento…', 'Reading the payment…'],
    id: ['Identificador', 'Identifier'],
    e2e: ['Ponta a ponta', 'End to end'],
    created: ['Criado', 'Created'],
    settled: ['Liquidado', 'Settled'],
    decide: ['O que fazer', 'What to do'],
    look: [
      'Confira antes no extrato do provedor, pelo código ponta a ponta. O fim de um pagamento pede a aprovação de outra pessoa.',
      "Look first at the provider's statement, by the end-to-end id. The end of a payment takes another person's approval.",
    ],
    reason: ['Motivo, que fica registrado', 'Why; it is kept on record'],
    send: ['Enviar', 'Send'],
    steps: ['Passo a passo', 'Step by step'],
    act: {
      retry: ['Tentar agora', 'Try now'],
      executed: ['Foi executado: lançar', 'It was executed: book it'],
      notExecuted: ['Não foi executado: devolver ao pagador', 'It was not executed: give it back to the payer'],
      approve: ['Liberar', 'Let it go'],
      deny: ['Recusar', 'Deny it'],
    },
    status: {
      processing: ['Em processamento', 'Processing'],
      inReview: ['Em análise', 'In review'],
      sent: ['Enviado', 'Sent'],
      unknown: ['Sem resposta do provedor', 'No answer from the provider'],
      disputed: ['Contestado', 'Disputed'],
      stuck: ['Parado', 'Stuck'],
      settled: ['Liquidado', 'Settled'],
      failed: ['Não realizado', 'Failed'],
      declined: ['Recusado', 'Declined'],
    },
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    inspect: (typeof texts)['inspect'];
  }
}
