import { defineErrors } from '#platform/errors.ts';

/** Every way risk says no to a caller. What it says about a payment is data, not an error. */
export const refuseRisk = defineErrors({
  RISK_DECISION_NOT_FOUND: {
    status: 404,
    title: 'Decisão não encontrada',
    action: 'Confira o identificador da decisão.',
    en: { title: 'Decision not found', action: 'Check the identifier of the decision.' },
  },
  RISK_OVERLOADED: {
    status: 503,
    title: 'Muitas análises ao mesmo tempo',
    action: 'Repita com o mesmo pagamento em instantes.',
    en: { title: 'Too many assessments at the same time', action: 'Repeat with the same payment in a moment.' },
  },
});
