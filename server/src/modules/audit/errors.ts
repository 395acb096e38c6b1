import { defineErrors } from '#platform/errors.ts';

export const refuseAudit = defineErrors({
  AUDIT_CURSOR_INVALID: {
    status: 400,
    title: 'Cursor inválido',
    action: 'Use o cursor da resposta anterior, sem alterá-lo.',
    en: { title: 'Invalid cursor', action: 'Use the cursor of the answer before, unchanged.' },
  },
  AUDIT_RANGE_INVALID: {
    status: 422,
    title: 'Período inválido',
    action: 'Envie instantes ISO 8601 em UTC, com o início antes do fim.',
    en: { title: 'Invalid period', action: 'Send ISO 8601 instants in UTC, the start before the end.' },
  },
});
