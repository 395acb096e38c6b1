import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  ownProof: {
    password: ['Antes, confirme com a sua senha.', 'First, confirm with your password.'],
    factor: ['Antes, confirme com a sua segunda etapa.', 'First, confirm with your second factor.'],
    passkey: ['Confirmar com a chave de acesso', 'Confirm with the passkey'],
    present: ['Senha atual', 'Present password'],
    code: ['Código do aplicativo', 'Code of the app'],
    goOn: ['Continuar', 'Continue'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    ownProof: (typeof texts)['ownProof'];
  }
}
