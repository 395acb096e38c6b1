import { defineTexts, plural } from '#core/i18n/texts';

const texts = defineTexts({
  closing: {
    h1: ['Fechamento do dia', 'Closing of the day'],
    sub: [
      'Um dia fechado não muda mais: o que vier depois vai para o primeiro dia aberto, com a data original guardada.',
      'A closed day no longer changes: what comes later goes to the first open day, with its original date kept.',
    ],
    day: ['Dia a fechar', 'Day to close'],
    until: ['Fechado até {d}', 'Closed until {d}'],
    never: ['Nenhum dia fechado ainda', 'No day closed yet'],
    figures: ['Números do dia', 'Figures of the day'],
    count: plural({ one: ['{n} lançamento', '{n} entry'], other: ['{n} lançamentos', '{n} entries'] }),
    into: ['Entradas', 'In'],
    out: ['Saídas', 'Out'],
    net: ['Resultado do dia', 'Net of the day'],
    checklist: ['Antes de fechar', 'Before you close'],
    blocks: ['impede o fechamento', 'holds up the closing'],
    check: {
      books: {
        unsorted: plural({
          one: ['{n} lançamento sem categoria', '{n} entry without a category'],
          other: ['{n} lançamentos sem categoria', '{n} entries without a category'],
        }),
        waiting: plural({
          one: ['{n} lançamento a caminho do razão', '{n} entry on its way to the ledger'],
          other: ['{n} lançamentos a caminho do razão', '{n} entries on their way to the ledger'],
        }),
        refused: plural({
          one: ['{n} lançamento recusado pelo razão', '{n} entry refused by the ledger'],
          other: ['{n} lançamentos recusados pelo razão', '{n} entries refused by the ledger'],
        }),
      },
      drawers: plural({
        one: ['{n} caixa por contar e fechar', '{n} drawer to count and close'],
        other: ['{n} caixas por contar e fechar', '{n} drawers to count and close'],
      }),
      banks: plural({
        one: ['{n} linha do banco por conciliar', '{n} bank line to reconcile'],
        other: ['{n} linhas do banco por conciliar', '{n} bank lines to reconcile'],
      }),
      cards: plural({
        one: ['{n} repasse de cartão por conferir', '{n} card payout to check'],
        other: ['{n} repasses de cartão por conferir', '{n} card payouts to check'],
      }),
      titles: plural({
        one: ['{n} conta vencida por baixar', '{n} overdue bill to settle'],
        other: ['{n} contas vencidas por baixar', '{n} overdue bills to settle'],
      }),
      device: plural({
        one: ['{n} lançamento deste aparelho por enviar', '{n} entry of this device to send'],
        other: ['{n} lançamentos deste aparelho por enviar', '{n} entries of this device to send'],
      }),
      other: plural({
        one: ['{n} pendência de outra parte', '{n} open item elsewhere'],
        other: ['{n} pendências de outras partes', '{n} open items elsewhere'],
      }),
    },
    resolve: ['Resolver', 'Resolve'],
    clean: ['Nada pendente: pode fechar.', 'Nothing is open: you can close.'],
    do: ['Fechar {d}', 'Close {d}'],
    despite: ['Sei que há pendências e quero fechar assim mesmo', 'I know that something is open, and want to close anyway'],
    done: ['{d} está fechado. Bom descanso!', '{d} is closed. Rest well!'],
    doneSub: ['Amanhã comece abrindo o caixa com o troco contado.', 'Tomorrow begin by opening the drawer with a counted float.'],
    isClosed: ['Este dia já está fechado.', 'This day is closed already.'],
    reopen: ['Reabrir este dia', 'Reopen this day'],
    reopenSub: ['Reabrir fica registrado, com quem e por quê.', 'Reopening stays on record, with who and why.'],
    why: ['Motivo', 'Reason'],
    reopenDo: ['Reabrir a partir de {d}', 'Reopen from {d}'],
    history: ['Histórico', 'History'],
    closed: ['Fechado até {d}', 'Closed until {d}'],
    reopened: ['Reaberto; fechado até {d}', 'Reopened; closed until {d}'],
    reopenedAll: ['Reaberto por inteiro', 'Reopened altogether'],
    leftOpen: plural({
      one: ['{n} pendência aceita', '{n} open item accepted'],
      other: ['{n} pendências aceitas', '{n} open items accepted'],
    }),
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    closing: (typeof texts)['closing'];
  }
}
