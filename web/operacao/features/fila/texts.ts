import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  fila: {
    title: ['O que espera por pessoas', 'What waits for people'],
    keys: [
      'Com o foco na fila, j e k andam por ela e Enter abre. Ctrl+K procura.',
      'With the focus in the inbox, j and k walk it and Enter opens. Ctrl+K searches.',
    ],
    loading: ['Lendo a fila…', 'Reading the inbox…'],
    empty: ['Nada espera por você', 'Nothing waits for you'],
    emptyText: ['O que precisar de uma pessoa aparece aqui sozinho.', 'What needs a person shows up here by itself.'],
    asked: ['pedido à espera', 'request waiting'],
    inReview: ['Em análise', 'In review'],
    disputed: ['Contestado', 'Disputed'],
    stuck: ['Parado', 'Stuck'],
    unknown: ['Sem resposta do provedor', 'No answer from the provider'],
    arrival: ['Recebimento parado', 'Arrival that stands still'],
    difference: ['Diferença de conciliação', 'Difference of reconciliation'],
    minutes: ['{n} min', '{n} min'],
    hours: ['{n} h', '{n} h'],
    days: ['{n} dias', '{n} days'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    fila: (typeof texts)['fila'];
  }
}
