import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  comprovantePage: {
    sent: ['Pix enviado', 'Pix sent'],
    received: ['Pix recebido', 'Pix received'],
    none: [
      'Não há comprovante: este Pix não foi concluído, ou não é seu.',
      'There is no receipt: this Pix did not happen, or it is not yours.',
    ],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    comprovantePage: (typeof texts)['comprovantePage'];
  }
}
