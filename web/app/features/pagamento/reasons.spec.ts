import type { Payment } from '../../money/contract';
import { tellReasons, wasSent } from './reasons';

const because = (...codes: string[]) => codes.map((code) => ({ code, message: code }));
const declined = (...codes: string[]) => tellReasons({ status: 'declined', reasons: because(...codes) }, 'payment.declinedDo');

describe('why a payment was not made', () => {
  it('names what decided, not what was noticed beside it, and gives no way around a fraud warning', () => {
    const told = declined('RISK_NEW_PAYEE', 'RISK_BLOCK_LISTED', 'RISK_NEW_PAYEE_LARGE');
    expect(told.reasons.map((r) => r.code)).toEqual(['RISK_BLOCK_LISTED']);
    expect(told).toMatchObject({ todo: 'payment.doBlocked', title: 'payment.blocked' });
  });
  it.each([
    [['PAYMENTS_INSUFFICIENT_FUNDS'], 'payment.doFunds'],
    [['RISK_NEW_PAYEE', 'PAYMENTS_REVIEW_DENIED'], 'payment.doReviewDenied'],
    [['RISK_LARGE_SUM', 'PAYMENTS_REVIEW_EXPIRED'], 'payment.doReviewExpired'],
    [['RISK_MANY_PAYMENTS', 'RISK_NEW_PAYEE'], 'payment.doPace'],
    [['RISK_ABOVE_USUAL', 'RISK_NEW_PAYEE'], 'payment.doRisk'],
  ] as const)('for %o advises %s', (codes, todo) => expect(declined(...codes).todo).toBe(todo));
  it('leaves a remark out unless it is all there is', () => {
    expect(declined('RISK_ABOVE_USUAL', 'RISK_NEW_PAYEE').reasons.map((r) => r.code)).toEqual(['RISK_ABOVE_USUAL']);
    expect(declined('RISK_NEW_PAYEE').reasons).toHaveLength(1);
  });
  it('keeps the usual advice for a payment that is in review or was refused by the payee', () => {
    expect(tellReasons({ status: 'failed', reasons: because('AC03') }, 'payment.failedDo').todo).toBe('payment.failedDo');
  });
});

describe('the id of a transaction', () => {
  const step = (name: string, status: Payment['steps'][number]['status']) => ({ name, status, at: null, attempt: 1, durationMs: null });
  it('is shown once something was sent', () => {
    expect(wasSent({ status: 'declined', steps: [step('assess', 'failed')] })).toBe(false);
    expect(wasSent({ status: 'in-review', steps: [step('assess', 'done')] })).toBe(false);
    expect(wasSent({ status: 'unknown', steps: [step('send', 'unanswered')] })).toBe(true);
    expect(wasSent({ status: 'settled', steps: [] })).toBe(true);
  });
});
