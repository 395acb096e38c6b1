import { defineProblems, defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  joining: {
    h1: ['Convite', 'Invitation'],
    asks: ['{name} convida você', '{name} invites you'],
    somebody: ['Alguém', 'Somebody'],
    as: ['Você vai atuar como {role}.', 'You will act as {role}.'],
    can: {
      owner: [
        'Faz tudo na conta, também chamar e tirar pessoas.',
        'Does everything on the account, inviting and removing people included.',
      ],
      operator: ['Cobra, recebe e paga, até os limites abaixo.', 'Charges, receives and pays, up to the limits below.'],
      accountant: [
        'Vê saldo e extrato e cuida da escrita. Não move dinheiro.',
        'Sees balance and statement and keeps the books. Moves no money.',
      ],
      viewer: ['Vê saldo e extrato. Não move dinheiro.', 'Sees balance and statement. Moves no money.'],
    },
    perPayment: ['Até {v} por pagamento', 'Up to {v} for one payment'],
    perDay: ['Até {v} por dia', 'Up to {v} a day'],
    until: ['Vale até {t}.', 'Valid until {t}.'],
    accept: ['Aceitar o convite', 'Accept the invitation'],
    no: ['Agora não', 'Not now'],
    none: ['Nenhum convite aqui', 'No invitation here'],
    noneText: ['Abra de novo o link que você recebeu.', 'Open the link you were given once more.'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    joining: (typeof texts)['joining'];
  }
}

defineProblems({
  ACCOUNTS_INVITATION_INVALID: {
    title: ['Este convite não vale', 'This invitation is not valid'],
    text: [
      'Ele venceu, já foi usado, foi retirado ou é de outra pessoa. Peça um novo.',
      'It has expired, was used, was withdrawn or is for somebody else. Ask for a new one.',
    ],
  },
  ACCOUNTS_ALREADY_MEMBER: {
    title: ['Você já participa desta conta', 'You are a member of this account already'],
    text: ['Abra-a pelo menu de contas.', 'Open it by the menu of accounts.'],
  },
});
