import { defineTexts, plural } from '#core/i18n/texts';

const texts = defineTexts({
  statement: {
    h1: ['Extrato', 'Statement'],
    sub: ['Tudo o que entrou e saiu, do mais novo para o mais antigo.', 'Everything that came in and went out, newest first.'],
    filters: ['Filtros do extrato', 'Statement filters'],
    direction: ['Direção', 'Direction'],
    all: ['Tudo', 'All'],
    in: ['Entradas', 'Money in'],
    out: ['Saídas', 'Money out'],
    failed: ['Não concluídos', 'Not completed'],
    search: ['Buscar no extrato', 'Search the statement'],
    searchHint: ['Nome, descrição ou valor', 'Name, description or amount'],
    searchMore: ['Procurar em mais movimentações', 'Search further back'],
    noneYet: ['Nada encontrado até aqui', 'Nothing found so far'],
    noneYetSub: ['Ainda há movimentações mais antigas por olhar.', 'There are older entries to look at.'],
    noneFailed: ['Nenhum pagamento deixou de ser feito', 'No payment failed'],
    noneFailedSub: ['Pagamentos recusados ou que voltaram apareceriam aqui.', 'Payments that were declined or came back would be here.'],
    csv: ['Baixar CSV', 'Download CSV'],
    closing: ['saldo {v}', 'balance {v}'],
    from: ['De', 'From'],
    to: ['Até', 'To'],
    pDates: ['Datas', 'Dates'],
    period: ['Período', 'Period'],
    p7: ['7 dias', '7 days'],
    p30: ['30 dias', '30 days'],
    p90: ['90 dias', '90 days'],
    pAll: ['Desde o início', 'From the start'],
    more: ['Carregar mais', 'Load more'],
    end: ['Fim do extrato neste período.', 'End of the statement for this period.'],
    shown: plural({
      one: ['{n} movimentação à vista', '{n} entry shown'],
      other: ['{n} movimentações à vista', '{n} entries shown'],
    }),
    empty: ['Nada neste período', 'Nothing in this period'],
    emptySub: ['Nenhuma movimentação corresponde a estes filtros.', 'No entry matches these filters.'],
    clear: ['Limpar filtros', 'Clear filters'],
    newcomer: ['Seu extrato começa aqui', 'Your statement begins here'],
    newcomerSub: [
      'Receba um Pix de teste na tela inicial: ele aparece aqui em seguida.',
      'Receive a test Pix on the home screen: it shows up here next.',
    ],
    goHome: ['Ir para o início', 'Go to home'],
    updates: ['Há movimentações novas', 'There are new entries'],
    showNew: ['Mostrar', 'Show'],
    detail: ['Detalhes da movimentação', 'Entry details'],
    date: ['Data', 'Date'],
    kind: ['Tipo', 'Kind'],
    status: ['Situação', 'Status'],
    lineId: ['Identificador', 'Identifier'],
    openPayment: ['Abrir comprovante', 'Open receipt'],
    openFailed: ['Ver o que aconteceu', 'See what happened'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    statement: (typeof texts)['statement'];
  }
}
