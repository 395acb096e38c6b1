import type { RuleSet } from './rule-set.ts';

/** The rules a new installation begins with. Amounts in centavos. */
export const DEFAULT_RULES: RuleSet = {
  version: '2026-11.2',
  reviewFrom: 50,
  denyFrom: 100,
  reviewUnansweredFromMinor: '50000',
  rules: [
    {
      code: 'RISK_BLOCK_LISTED',
      weight: 100,
      message: 'Quem vai receber está em uma lista de fraude.',
      when: { is: 'isBlockListed' },
    },
    {
      code: 'RISK_MANY_PAYMENTS',
      weight: 50,
      message: 'Muitos pagamentos em poucos minutos.',
      when: {
        all: [
          { atLeast: [{ input: 'paymentsLast10Minutes' }, { value: '20' }] },
          // Many small ones are a busy day; they are stopped by their sum.
          { atLeast: [{ input: 'amountMinor' }, { value: '10000' }] },
        ],
      },
    },
    {
      code: 'RISK_LARGE_SUM',
      weight: 50,
      message: 'O total de 24 horas ficou alto.',
      when: { above: [{ input: 'sumLastDayMinor' }, { value: '2000000' }] },
    },
    {
      code: 'RISK_NEW_PAYEE',
      weight: 10,
      message: 'Primeiro pagamento para esta conta.',
      when: { is: 'isNewPayee' },
    },
    {
      code: 'RISK_NEW_PAYEE_LARGE',
      weight: 45,
      message: 'Valor alto para quem recebe pela primeira vez.',
      when: { all: [{ is: 'isNewPayee' }, { atLeast: [{ input: 'amountMinor' }, { value: '300000' }] }] },
    },
    {
      code: 'RISK_ABOVE_USUAL',
      weight: 30,
      message: 'Valor muito acima do seu costume.',
      when: {
        all: [
          { atLeast: [{ input: 'settledCount' }, { value: '3' }] },
          { above: [{ input: 'amountMinor' }, { input: 'largestSettledMinor', times: 5 }] },
          { atLeast: [{ input: 'amountMinor' }, { value: '50000' }] },
        ],
      },
    },
    {
      code: 'RISK_NIGHT_NEW_PAYEE',
      weight: 40,
      message: 'Valor alto para um novo destino, à noite.',
      when: { all: [{ is: 'isNight' }, { is: 'isNewPayee' }, { atLeast: [{ input: 'amountMinor' }, { value: '100000' }] }] },
    },
  ],
};
