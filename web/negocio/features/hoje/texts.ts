import { defineTexts, plural } from '#core/i18n/texts';

const texts = defineTexts({
  today: {
    h1: ['Hoje', 'Today'],
    record: ['Registrar venda', 'Record a sale'],
    balance: ['Saldo do negócio', 'Balance of the shop'],
    uncounted: ['ainda não calculado', 'not counted yet'],
    sold: ['Vendas de hoje', 'Sold today'],
    sales: plural({ one: ['{n} venda', '{n} sale'], other: ['{n} vendas', '{n} sales'] }),
    noSales: ['Nenhuma venda registrada hoje.', 'No sale recorded today.'],
    before: ['{p} % do que vendeu na {d} passada ({v})', '{p} % of what was sold last {d} ({v})'],
    spent: ['Saídas de hoje', 'Out today'],
    waits: ['O que espera por você', 'What waits for you'],
    nothingWaits: ['Tudo em dia. Bom trabalho!', 'All done. Well done!'],
    device: plural({
      one: ['{n} lançamento deste aparelho ainda não foi enviado', '{n} entry of this device was not sent yet'],
      other: ['{n} lançamentos deste aparelho ainda não foram enviados', '{n} entries of this device were not sent yet'],
    }),
    unsorted: plural({
      one: ['{n} lançamento sem categoria', '{n} entry without a category'],
      other: ['{n} lançamentos sem categoria', '{n} entries without a category'],
    }),
    refused: plural({
      one: ['{n} lançamento recusado pelo razão', '{n} entry refused by the ledger'],
      other: ['{n} lançamentos recusados pelo razão', '{n} entries refused by the ledger'],
    }),
    recent: ['Últimos lançamentos', 'Latest entries'],
    all: ['Ver extrato', 'See all entries'],
    empty: ['Seu dia começa aqui', 'Your day begins here'],
    emptySub: [
      'Registre a primeira venda: digite o valor, toque na forma de pagamento e pronto.',
      'Record the first sale: type the amount, tap how it was paid, done.',
    ],
    first: ['Primeiros passos', 'First steps'],
    team: ['Convide quem trabalha com você', 'Invite those who work with you'],
    done: ['feito', 'done'],
    todo: ['a fazer', 'to do'],
    step1: ['Registre uma venda', 'Record a sale'],
    step1s: ['Valor, forma de pagamento, pronto: três toques.', 'Amount, method, done: three taps.'],
    step2: ['Abra o caixa', 'Open the drawer'],
    step2s: [
      'Conte o troco da gaveta. À noite você conta de novo e o Lastro confere.',
      'Count the float. At night you count again, and Lastro checks.',
    ],
    step3: ['Feche o dia', 'Close the day'],
    step3s: [
      'A lista mostra o que falta; depois os números não mudam mais.',
      'The checklist shows what is missing; then the figures no longer change.',
    ],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    today: (typeof texts)['today'];
  }
}
