import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  finder: {
    title: ['Procurar um pagamento', 'Find a payment'],
    label: ['Identificador (pay_…) ou código ponta a ponta (E…)', 'Identifier (pay_…) or end-to-end id (E…)'],
    hint: ['Enter procura, Esc fecha.', 'Enter searches, Esc closes.'],
    none: ['Nada foi encontrado com isto.', 'Nothing was found by this.'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    finder: (typeof texts)['finder'];
  }
}
