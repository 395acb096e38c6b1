import { defineProblems, defineTexts } from '#core/i18n/texts';

const texts = defineTexts({
  allAccounts: {
    h1: ['Contas', 'Accounts'],
    sub: [
      'Em que contas você atua. Cada uma abre na sua própria aba, se você quiser.',
      'The accounts you act on. Each opens in a tab of its own, if you like.',
    ],
    here: ['Nesta aba', 'In this tab'],
    open: ['Abrir', 'Open'],
    company: ['Abrir a conta da empresa', 'Open the account of a company'],
    companySub: [
      'Você fica titular e chama quem trabalha com você: caixa, contabilidade, sócios.',
      'You are its owner and invite who works with you: cashiers, accountants, partners.',
    ],
    cnpj: ['CNPJ', 'CNPJ'],
    badCnpj: ['Confira o CNPJ: os dígitos verificadores não conferem.', 'Check the CNPJ: its check digits do not match.'],
    legalName: ['Razão social', 'Legal name'],
    tradeName: ['Nome da loja', 'Name of the shop'],
    tradeHint: ['Como os clientes a conhecem. Opcional.', 'As customers know it. Optional.'],
    openCompany: ['Abrir conta da empresa', 'Open the company’s account'],
    second: ['Abrir outra conta sua', 'Open another account of yours'],
    secondSub: ['Para separar dinheiro: uma reserva, um projeto.', 'To keep money apart: savings, a project.'],
    label: ['Como você a chama', 'What you call it'],
    openSecond: ['Abrir outra conta', 'Open another account'],
    tooLong: ['Use até 60 letras.', 'Use up to 60 letters.'],
  },
});

declare module '#core/i18n/texts' {
  interface Texts {
    allAccounts: (typeof texts)['allAccounts'];
  }
}

defineProblems({
  ACCOUNTS_CNPJ_TAKEN: {
    title: ['Já existe uma conta com este CNPJ', 'There is an account with this CNPJ already'],
    text: ['Peça a um titular dela um convite.', 'Ask one of its owners for an invitation.'],
  },
  ACCOUNTS_TOO_MANY_ACCOUNTS: {
    title: ['Você já tem cinco contas', 'You have five accounts already'],
    text: ['É o máximo que uma pessoa pode ter.', 'That is as many as a person may have.'],
  },
});
