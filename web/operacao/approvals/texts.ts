import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  approval: {
    title: ['Espera por outra pessoa', 'Waits for another person'],
    asked: ['{who} pede: {what}', '{who} asks: {what}'],
    about: ['Sobre', 'About'],
    person: ['Pessoa', 'Person'],
    account: ['Conta', 'Account'],
    amount: ['Valor', 'Amount'],
    until: ['Vale até {t}', 'Good until {t}'],
    own: ['Foi você quem pediu: outra pessoa decide.', 'You asked for this: another person decides.'],
    reason: ['Motivo da sua decisão', 'Why you decide so'],
    approve: ['Aprovar', 'Approve'],
    refuse: ['Recusar', 'Refuse'],
    withdraw: ['Retirar o pedido', 'Take it back'],
    service: ['Um serviço ({id})', 'A service ({id})'],
    someone: ['Alguém da operação', 'Somebody at the desk'],
    what: {
      executed: ['lançar como executado', 'book it as executed'],
      notExecuted: ['devolver ao pagador, não foi executado', 'give it back to the payer, it was not executed'],
      approve: ['liberar o pagamento em análise', 'let the payment in review go'],
      match: ['creditar o recebimento', 'credit the arrival'],
      giveBack: ['devolver a quem pagou', 'give it back to whoever paid'],
      returnAgain: ['tentar a devolução de novo', 'try the return again'],
      keep: ['guardar o dinheiro aqui', 'keep the money here'],
      explained: ['dar a diferença por explicada', 'call the difference explained'],
      compensated: ['dar a diferença por compensada', 'call the difference compensated'],
      closed: ['encerrar a diferença', 'close the difference'],
      roles: ['deixar trabalhar como {roles}', 'let them work as {roles}'],
      disabled: ['encerrar o acesso', 'end their access'],
    },
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    approval: (typeof texts)['approval'];
  }
}
