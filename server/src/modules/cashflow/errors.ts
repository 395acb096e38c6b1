import { defineErrors } from '#platform/errors.ts';

export const refuseCashflow = defineErrors({
  CASHFLOW_ACCOUNT_NOT_FOUND: {
    status: 404,
    title: 'Conta não encontrada',
    action: 'Confira o identificador da conta.',
    en: { title: 'Account not found', action: 'Check the identifier of the account.' },
  },
  CASHFLOW_RANGE_INVALID: {
    status: 422,
    title: 'Período inválido',
    action: 'Peça de 1 a 400 dias, com datas AAAA-MM-DD existentes e o início antes do fim.',
    en: { title: 'Invalid period', action: 'Ask for 1 to 400 days, with existing dates YYYY-MM-DD and the start before the end.' },
  },
  CASHFLOW_EVENT_UNREADABLE: {
    status: 500,
    title: 'Evento ilegível',
    action: 'Corrija a origem e reenvie o evento (redrive).',
    en: { title: 'Unreadable event', action: 'Correct the source and redrive the event.' },
  },
});
