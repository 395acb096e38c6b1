import { defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  proof: {
    h: ['Confirme que é você', 'Confirm that it is you'],
    pay: ['Pagar {v} para {n}', 'Pay {v} to {n}'],
    giveBack: ['Devolver {v} a {n}', 'Give {v} back to {n}'],
    because: {
      amount: ['O valor é alto.', 'The amount is high.'],
      'new-payee': ['Você ainda não pagou esta pessoa ou empresa.', 'You have not paid this person or company before.'],
      'new-device': ['Este aparelho é novo para nós.', 'This device is new to us.'],
      'near-limit': ['Com ele você chega perto do seu limite.', 'It takes you close to your limit.'],
    },
    password: ['Sua senha', 'Your password'],
    code: ['Código do aplicativo', 'Code of the app'],
    passkey: ['Confirmar com a chave de acesso', 'Confirm with the passkey'],
    confirm: ['Confirmar', 'Confirm'],
    busy: ['Confirmando…', 'Confirming…'],
    back: ['Voltar', 'Back'],
    use: {
      passkey: ['Usar a chave de acesso', 'Use the passkey'],
      totp: ['Usar o código do aplicativo', 'Use the code of the app'],
      password: ['Usar a senha', 'Use the password'],
    },
    only: [
      'A confirmação vale só para isto: outro valor ou outro destino pede outra.',
      'The confirmation is for this alone: another amount or payee asks for another.',
    ],
    security: ['Abrir Segurança', 'Open Security'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    proof: (typeof texts)['proof'];
  }
}
