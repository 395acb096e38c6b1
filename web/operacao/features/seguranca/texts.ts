import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  own: {
    title: ['A sua entrada', 'How you log in'],
    factor: ['Segundo fator', 'Second factor'],
    must: [
      'Sem um segundo fator você não vê mais nada. Cadastre um aplicativo de códigos.',
      'Without a second factor you see nothing else. Add an authenticator app.',
    ],
    has: ['Um aplicativo de códigos está cadastrado.', 'An authenticator app is set up.'],
    begin: ['Cadastrar o aplicativo', 'Set up the app'],
    password: ['Senha atual', 'Present password'],
    scan: ['Leia com o aplicativo, ou digite o segredo.', 'Scan it with the app, or type the secret.'],
    qr: ['Código para o aplicativo', 'Code for the app'],
    code: ['Código do aplicativo', 'Code of the app'],
    confirm: ['Confirmar', 'Confirm'],
    done: ['Pronto. Entre de novo, agora com o código.', 'Done. Log in again, now with the code.'],
    codes: [
      'Guarde estes códigos: cada um abre uma vez, e não são mostrados de novo.',
      'Keep these codes: each opens once, and they are not shown again.',
    ],
    again: ['Entrar de novo', 'Log in again'],
    change: ['Trocar a senha', 'Change the password'],
    next: ['Senha nova, com 12 caracteres ou mais', 'New password, 12 characters or more'],
    changed: ['A senha foi trocada.', 'The password was changed.'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    own: (typeof texts)['own'];
  }
}
