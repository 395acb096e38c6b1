import { defineErrors } from '#platform/errors.ts';

export const refuseCashflow = defineErrors({
  CASHFLOW_ACCOUNT_NOT_FOUND: { status: 404, title: 'Conta não encontrada', action: 'Confira o identificador da conta.' },
  CASHFLOW_RANGE_INVALID: {
    status: 422,
    title: 'Período inválido',
    action: 'Peça de 1 a 400 dias, com datas AAAA-MM-DD existentes e o início antes do fim.',
  },
  CASHFLOW_EVENT_UNREADABLE: { status: 500, title: 'Evento ilegível', action: 'Corrija a origem e reenvie o evento (redrive).' },
});
