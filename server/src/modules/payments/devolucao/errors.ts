/** How giving back a Pix is refused. */
export const DEVOLUCAO_ERRORS = {
  PAYMENTS_RETURN_NOT_FOUND: {
    status: 404,
    title: 'Devolução não encontrada',
    action: 'Confira o identificador da devolução.',
    en: { title: 'Return not found', action: 'Check the identifier of the return.' },
  },
  PAYMENTS_RETURN_NOT_RECEIVED: {
    status: 422,
    title: 'Este Pix não foi recebido por você',
    action: 'Só se devolve um Pix que entrou na sua conta.',
    en: { title: 'This Pix was not received by you', action: 'Only a Pix that came into your account can be given back.' },
  },
  PAYMENTS_RETURN_NOT_CREDITED: {
    status: 409,
    title: 'Este Pix não entrou na conta',
    action: 'Só se devolve um Pix depois que o dinheiro entra na conta.',
    en: { title: 'This Pix is not on the account', action: 'A Pix can be given back only after its money came into the account.' },
  },
  PAYMENTS_RETURN_OF_RETURN: {
    status: 422,
    title: 'Uma devolução recebida não se devolve',
    action: 'Este valor é de um Pix seu que voltou; para mandá-lo de novo, faça outro Pix.',
    en: {
      title: 'A return that came back cannot be returned',
      action: 'This is a Pix of yours that came back; to send it again, make another Pix.',
    },
  },
  PAYMENTS_RETURN_EXCEEDS: {
    status: 422,
    title: 'O valor passa do que resta devolver',
    action: 'Informe no máximo o que resta deste Pix.',
    en: { title: 'The amount exceeds what is left to give back', action: 'Give at the most what is left of this Pix.' },
  },
  PAYMENTS_RETURN_TOO_OLD: {
    status: 422,
    title: 'O prazo para devolver este Pix acabou',
    action: 'Um Pix se devolve até 90 dias depois de recebido; para mandar o dinheiro, faça outro Pix.',
    en: {
      title: 'The time to give this Pix back is over',
      action: 'A Pix can be given back within 90 days of its receipt; to send the money, make another Pix.',
    },
  },
  PAYMENTS_RETURN_UNSUPPORTED: {
    status: 422,
    title: 'Este Pix não se devolve por aqui',
    action: 'O provedor pelo qual ele chegou não faz devoluções; para mandar o dinheiro, faça outro Pix.',
    en: {
      title: 'This Pix cannot be given back from here',
      action: 'The provider it came by makes no returns; to send the money, make another Pix.',
    },
  },
  PAYMENTS_RETURN_WHOLE_ONLY: {
    status: 422,
    title: 'Este Pix só se devolve por inteiro',
    action: 'Devolva o valor inteiro: o provedor pelo qual ele chegou não devolve partes.',
    en: { title: 'This Pix can only be given back whole', action: 'Give back the whole amount: the provider it came by returns no parts.' },
  },
} as const;

/** Why a devolução did not happen, for the person who gives back. */
export const DEVOLUCAO_REASONS: Readonly<Record<string, string>> = {
  PAYMENTS_INSUFFICIENT_FUNDS: 'Saldo insuficiente para devolver este valor.',
  PAYMENTS_ACCOUNT_FROZEN: 'A conta está bloqueada para saídas.',
  PAYMENTS_ACCOUNT_CLOSED: 'Uma das contas desta devolução está encerrada.',
  PAYMENTS_LEDGER_REFUSED: 'O lançamento foi recusado.',
  PAYMENTS_RETURN_NEVER_SENT: 'O provedor do Pix não atendeu a tempo; o dinheiro continua na sua conta.',
  PAYMENTS_RETURN_REFUSED: 'O Pix não aceitou a devolução; o dinheiro voltou para a sua conta.',
};
