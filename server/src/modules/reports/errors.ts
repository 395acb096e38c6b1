import { defineErrors } from '#platform/errors.ts';

export const refuseReports = defineErrors({
  REPORTS_RANGE_INVALID: {
    status: 422,
    title: 'Período inválido',
    action: 'Peça de 1 a 60 meses, do mais antigo ao mais novo, em anos de 1905 a 2199.',
    en: { title: 'Invalid range', action: 'Ask for 1 to 60 months, from the oldest to the newest, in the years 1905 to 2199.' },
  },
});
