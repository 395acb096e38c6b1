import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  record: {
    h1: ['Lançar', 'Record'],
    kind: ['O que aconteceu', 'What happened'],
    kinds: {
      sale: ['Venda', 'Sale'],
      expense: ['Despesa', 'Expense'],
      income: ['Outra entrada', 'Other income'],
    },
    state: {
      sending: ['Enviando…', 'Sending…'],
      waiting: ['À espera da conexão', 'Waiting for the connection'],
      unknown: ['Sem resposta ainda; perguntando de novo', 'No answer yet; asking again'],
      refused: ['Recusado', 'Refused'],
    },
    amountOf: {
      sale: ['Valor da venda', 'Amount of the sale'],
      expense: ['Valor da despesa', 'Amount of the expense'],
      income: ['Valor que entrou', 'Amount that came in'],
    },
    how: ['Forma de pagamento', 'Method'],
    method: {
      cash: ['Dinheiro', 'Cash'],
      pix: ['Pix', 'Pix'],
      'debit-card': ['Débito', 'Debit'],
      'credit-card': ['Crédito', 'Credit'],
      voucher: ['Vale', 'Voucher'],
      bank: ['Banco', 'Bank'],
    },
    details: ['Mais detalhes', 'More details'],
    less: ['Menos detalhes', 'Fewer details'],
    category: ['Categoria', 'Category'],
    categoryNone: ['Classificar depois', 'Sort it later'],
    place: ['Onde o dinheiro está', 'Where the money is'],
    date: ['Dia', 'Day'],
    text: ['Descrição', 'Description'],
    textHint: ['Ex.: bolo de aniversário, conta de luz', 'E.g. birthday cake, power bill'],
    who: ['Cliente ou fornecedor', 'Customer or supplier'],
    paid: ['Recebido', 'Received'],
    change: ['Troco', 'Change'],
    do: {
      sale: ['Registrar venda', 'Record sale'],
      expense: ['Registrar despesa', 'Record expense'],
      income: ['Registrar entrada', 'Record income'],
    },
    none: ['Digite o valor', 'Type the amount'],
    pixHint: [
      'O Pix recebido na sua conta Lastro entra sozinho: lance aqui só o que caiu em outro banco.',
      'Pix received on your Lastro account appears by itself: record here only what went to another bank.',
    ],
    onDevice: ['Neste aparelho', 'On this device'],
    nothing: [
      'O que você lançar aparece aqui, com a resposta do servidor.',
      'What you record appears here, with the answer of the server.',
    ],
    done: ['Registrado', 'Recorded'],
    said: ['{v} em {m}: registrado no servidor.', '{v}, {m}: recorded on the server.'],
    kept: ['{v} guardado neste aparelho; será enviado uma única vez.', '{v} kept on this device; it will be sent just once.'],
    drop: ['Descartar', 'Discard'],
    late: ['Lançar no primeiro dia aberto', 'Record on the first open day'],
    unkept: [
      'Este navegador não guarda nada: não feche a página antes de tudo ser enviado.',
      'This browser keeps nothing: do not close the page before all is sent.',
    ],
    offline: [
      'Sem conexão. Continue vendendo: tudo fica guardado aqui e será enviado uma única vez quando a internet voltar.',
      'No connection. Go on selling: everything is kept here and will be sent just once when you are back online.',
    ],
    sendNow: ['Enviar agora', 'Send now'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    record: (typeof texts)['record'];
  }
}
