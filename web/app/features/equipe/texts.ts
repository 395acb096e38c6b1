import { defineProblems, defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  team: {
    h1: ['Equipe', 'Team'],
    sub: ['Quem atua nesta conta, em que papel e até quanto.', 'Who acts on this account, as what and up to how much.'],
    self: ['Você', 'You'],
    system: ['Sistema', 'Client'],
    perPayment: ['até {v} por pagamento', 'up to {v} for one payment'],
    perDay: ['até {v} por dia', 'up to {v} a day'],
    noLimit: ['sem limite próprio', 'no limit of their own'],
    change: ['Mudar', 'Change'],
    save: ['Salvar', 'Save'],
    remove: ['Tirar da conta', 'Remove'],
    leave: ['Sair da conta', 'Leave the account'],
    removeAsk: ['Tirar {name} da conta?', 'Remove {name} from the account?'],
    removeText: ['O acesso termina agora, também nas telas abertas.', 'Access ends now, open screens included.'],
    leaveAsk: ['Sair desta conta?', 'Leave this account?'],
    leaveText: ['Para voltar você precisa de um novo convite.', 'To come back you need a new invitation.'],
    role: ['Papel', 'Role'],
    can: {
      owner: ['Faz tudo, também chamar e tirar pessoas.', 'Does everything, inviting and removing people included.'],
      operator: ['Cobra, recebe e paga.', 'Charges, receives and pays.'],
      accountant: ['Vê saldo e extrato e cuida da escrita.', 'Sees balance and statement and keeps the books.'],
      viewer: ['Vê saldo e extrato.', 'Sees balance and statement.'],
    },
    paymentLimit: ['Limite por pagamento', 'Limit for one payment'],
    dayLimit: ['Limite por dia', 'Limit a day'],
    limitHint: ['Vazio: sem limite próprio.', 'Empty: no limit of their own.'],
    invite: ['Convidar alguém', 'Invite somebody'],
    inviteSub: [
      'Escolha o papel e mande o link. Ele vale sete dias, para uma pessoa.',
      'Choose the role and send the link. It is good for seven days, for one person.',
    ],
    email: ['E-mail de quem vem', 'E-mail of who comes'],
    emailHint: ['Opcional: só a pessoa com este e-mail poderá entrar.', 'Optional: only the person with this e-mail can join.'],
    badEmail: ['Confira o e-mail.', 'Check the e-mail.'],
    make: ['Criar o link', 'Make the link'],
    link: ['Mande este link a quem você convida', 'Send this link to whom you invite'],
    linkOnce: ['Ele não será mostrado de novo.', 'It will not be shown again.'],
    copyLink: ['Copiar o link', 'Copy the link'],
    open: ['Convites que ainda valem', 'Invitations still open'],
    until: ['vale até {t}', 'valid until {t}'],
    withdraw: ['Retirar', 'Withdraw'],
    done: ['Salvo.', 'Saved.'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    team: (typeof texts)['team'];
  }
}

defineProblems({
  ACCOUNTS_LAST_OWNER: {
    title: ['Toda conta tem um titular', 'Every account has an owner'],
    text: ['Dê antes o papel de titular a outra pessoa.', 'Make somebody else an owner before.'],
  },
  ACCOUNTS_MEMBER_CHANGED: {
    title: ['Outra pessoa mudou isto agora mesmo', 'Somebody else has changed this just now'],
    text: ['A lista foi lida de novo. Confira e decida outra vez.', 'The list was read again. Check it and decide once more.'],
  },
});
