import { defineErrors } from '#platform/errors.ts';

/** Every refusal of this module, by its stable code. */
export const refuseAccounts = defineErrors({
  ACCOUNTS_NOT_FOUND: {
    status: 404,
    title: 'Conta não encontrada',
    action: 'Confira a conta. Se você deixou de participar dela, peça um novo convite.',
    en: { title: 'Account not found', action: 'Check the account. If you are no longer a member of it, ask for a new invitation.' },
  },
  ACCOUNTS_FORBIDDEN: {
    status: 403,
    title: 'O seu papel nesta conta não permite isto',
    action: 'Peça a um titular da conta que faça, ou que mude o seu papel.',
    en: { title: 'Your role on this account does not allow this', action: 'Ask an owner of the account to do it, or to change your role.' },
  },
  ACCOUNTS_NEW_DEVICE: {
    status: 403,
    title: 'Em um aparelho novo ninguém recebe direitos sobre a conta',
    action: 'Reconheça este aparelho na tela de segurança, ou use um aparelho conhecido.',
    en: {
      title: 'On a new device nobody is given rights over the account',
      action: 'Recognise this device on the security screen, or use one that is known.',
    },
  },
  ACCOUNTS_BLOCKED: {
    status: 403,
    title: 'A conta está bloqueada',
    action: 'Nada sai da conta até o desbloqueio. Um titular pode pedir o desbloqueio.',
    en: { title: 'The account is blocked', action: 'Nothing leaves the account until it is unblocked. An owner can ask for that.' },
  },
  ACCOUNTS_CLOSED: {
    status: 410,
    title: 'A conta foi encerrada',
    action: 'Use outra conta. O histórico continua visível.',
    en: { title: 'The account is closed', action: 'Use another account. The history stays visible.' },
  },
  ACCOUNTS_OVER_PAYMENT_LIMIT: {
    status: 403,
    title: 'Acima do seu limite por pagamento',
    action: 'Pague um valor menor, ou peça a um titular que pague ou aumente o seu limite.',
    en: { title: 'Above your limit for one payment', action: 'Pay less, or ask an owner to pay or to raise your limit.' },
  },
  ACCOUNTS_OVER_DAY_LIMIT: {
    status: 403,
    title: 'Acima do seu limite do dia',
    action: 'Espere até amanhã, ou peça a um titular que pague ou aumente o seu limite.',
    en: { title: 'Above your limit for the day', action: 'Wait until tomorrow, or ask an owner to pay or to raise your limit.' },
  },
  ACCOUNTS_LAST_OWNER: {
    status: 409,
    title: 'Toda conta tem um titular',
    action: 'Dê o papel de titular a outra pessoa antes.',
    en: { title: 'Every account has an owner', action: 'Make somebody else an owner before.' },
  },
  ACCOUNTS_HOLDER_STAYS: {
    status: 409,
    title: 'A conta de uma pessoa tem sempre ela como titular',
    action: 'Tire os outros membros, ou encerre a conta.',
    en: { title: 'A person’s account always has them as an owner', action: 'Take the other members off, or close the account.' },
  },
  ACCOUNTS_OWN_ROLE: {
    status: 409,
    title: 'Ninguém muda o próprio papel nem os próprios limites',
    action: 'Peça a outro titular da conta.',
    en: { title: 'Nobody changes their own role or limits', action: 'Ask another owner of the account.' },
  },
  ACCOUNTS_OWNER_WITH_LIMITS: {
    status: 422,
    title: 'Titular não tem limites próprios',
    action: 'Tire os limites, ou escolha outro papel.',
    en: { title: 'An owner has no limits of their own', action: 'Take the limits away, or choose another role.' },
  },
  ACCOUNTS_MEMBER_NOT_FOUND: {
    status: 404,
    title: 'Esta pessoa não participa da conta',
    action: 'Confira a pessoa.',
    en: { title: 'This person is no member of the account', action: 'Check the person.' },
  },
  ACCOUNTS_MEMBER_CHANGED: {
    status: 409,
    title: 'Outra pessoa mudou isto agora mesmo',
    action: 'Leia de novo e decida de novo.',
    en: { title: 'Somebody else has changed this just now', action: 'Read it again and decide again.' },
  },
  ACCOUNTS_ALREADY_MEMBER: {
    status: 409,
    title: 'Você já participa desta conta',
    action: 'Abra a conta; o convite não é necessário.',
    en: { title: 'You are a member of this account already', action: 'Open the account; the invitation is not needed.' },
  },
  ACCOUNTS_INVITATION_INVALID: {
    status: 404,
    title: 'Este convite não vale',
    action: 'Ele venceu, já foi usado, foi retirado ou é de outra pessoa. Peça um novo.',
    en: {
      title: 'This invitation is not valid',
      action: 'It has expired, was used, was withdrawn or is for somebody else. Ask for a new one.',
    },
  },
  ACCOUNTS_TOO_MANY: {
    status: 409,
    title: 'Há gente ou convites demais nesta conta',
    action: 'Retire convites que não são mais necessários.',
    en: {
      title: 'There are too many members or invitations on this account',
      action: 'Withdraw invitations that are not needed any more.',
    },
  },
  ACCOUNTS_TOO_MANY_ACCOUNTS: {
    status: 409,
    title: 'Você já tem o máximo de contas',
    action: 'Use uma das que você tem, ou encerre uma.',
    en: { title: 'You have as many accounts as there may be', action: 'Use one of those you have, or close one.' },
  },
  ACCOUNTS_CLIENT_OWNS_NOTHING: {
    status: 422,
    title: 'Um sistema não pode ser titular',
    action: 'Escolha outro papel.',
    en: { title: 'A client cannot be an owner', action: 'Choose another role.' },
  },
  ACCOUNTS_CLIENT_UNKNOWN: {
    status: 404,
    title: 'Não há um sistema com este client_id',
    action: 'Confira o client_id com quem opera a plataforma.',
    en: { title: 'There is no client with this client_id', action: 'Check the client_id with whoever operates the platform.' },
  },
  ACCOUNTS_CLIENT_DISABLED: {
    status: 409,
    title: 'Este sistema está desativado',
    action: 'Peça a quem opera a plataforma que o ative, e repita.',
    en: { title: 'This client is disabled', action: 'Ask whoever operates the platform to enable it, and repeat.' },
  },
  ACCOUNTS_INVALID_COMPANY: {
    status: 422,
    title: 'Dados da empresa inválidos',
    action: 'Corrija os campos apontados.',
    en: { title: 'Invalid data of the company', action: 'Correct the fields named.' },
  },
  ACCOUNTS_CNPJ_TAKEN: {
    status: 409,
    title: 'Já existe uma conta com este CNPJ',
    action: 'Peça um convite a um titular dela.',
    en: { title: 'There is an account with this CNPJ already', action: 'Ask one of its owners for an invitation.' },
  },
  ACCOUNTS_OVERLOADED: {
    status: 503,
    title: 'Muitos pedidos ao mesmo tempo',
    action: 'Repita em instantes.',
    en: { title: 'Too many requests at the same time', action: 'Repeat in a moment.' },
  },
  ACCOUNTS_SUBJECT_REQUIRED: {
    status: 403,
    title: 'Isto é feito por uma pessoa',
    action: 'Use o token de uma pessoa.',
    en: { title: 'This is done by a person', action: 'Use the token of a person.' },
  },
});
