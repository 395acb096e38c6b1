import { defineTexts, plural } from '#core/i18n/texts';

const texts = defineTexts({
  pieces: {
    keys: ['Teclado de valores', 'Amount keypad'],
    erase: ['Apagar o último número', 'Erase the last digit'],
    notes: ['Cédulas', 'Notes'],
    coins: ['Moedas', 'Coins'],
    howMany: ['Quantas de {v}', 'How many of {v}'],
    oneLess: ['Uma a menos de {v}', 'One less of {v}'],
    oneMore: ['Uma a mais de {v}', 'One more of {v}'],
    counted: ['Total contado', 'Counted total'],
    into: ['Entradas', 'In'],
    out: ['Saídas', 'Out'],
    closing: ['Saldo', 'Balance'],
    dropHere: ['Arraste o arquivo para cá ou toque para escolher', 'Drop the file here, or tap to choose one'],
    reading: ['Lendo {f}…', 'Reading {f}…'],
    fresh: ['Atualizado {t}', 'Updated {t}'],
    late: ['Os números são de {t}: a atualização está atrasada.', 'Figures are as of {t}: the update is late.'],
    pending: plural({
      one: ['{n} lançamento ainda não está no saldo.', '{n} entry is not in the balance yet.'],
      other: ['{n} lançamentos ainda não estão no saldo.', '{n} entries are not in the balance yet.'],
    }),
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    pieces: (typeof texts)['pieces'];
  }
}
