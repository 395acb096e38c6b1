import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { judgePayer, overNewDevice, type PayerFacts, type ProofPolicy } from './payer-proof.ts';

const POLICY: ProofPolicy = {
  newPayeeFromMinor: 50_000n,
  alwaysFromMinor: 500_000n,
  newDeviceFromMinor: 10_000n,
  nearLimitFromMinor: 5_000n,
  passwordUpToMinor: 2_000_000n,
  newDevicePaymentMinor: 20_000n,
  newDeviceDayMinor: 100_000n,
};
const PLAIN: PayerFacts = {
  amountMinor: 5_000n,
  isReturn: false,
  payeeKnown: true,
  deviceKnown: true,
  nearLimit: false,
  hasFactor: false,
  canRecognise: false,
};
const judge = (facts: Partial<PayerFacts>) => judgePayer({ ...PLAIN, ...facts }, POLICY);
const prove = (acr: 'aal1' | 'aal2', ...reasons: string[]) => ({ kind: 'prove', acr, reasons });

describe('what a payer has to prove', () => {
  test('nothing for little money, or for somebody who was paid before', () => {
    assert.deepEqual(judge({}), { kind: 'free' });
    assert.deepEqual(judge({ amountMinor: 499_999n }), { kind: 'free' });
    assert.deepEqual(judge({ amountMinor: 49_999n, payeeKnown: false }), { kind: 'free' });
  });
  test('the amount, a new payee and a limit that is near each ask, and all reasons are told', () => {
    assert.deepEqual(judge({ amountMinor: 500_000n }), prove('aal1', 'amount'));
    assert.deepEqual(judge({ amountMinor: 50_000n, payeeKnown: false }), prove('aal1', 'new-payee'));
    assert.deepEqual(judge({ nearLimit: true }), prove('aal1', 'near-limit'));
    assert.deepEqual(judge({ nearLimit: true, amountMinor: 4_999n }), { kind: 'free' });
    assert.deepEqual(
      judge({ amountMinor: 600_000n, payeeKnown: false, nearLimit: true }),
      prove('aal1', 'amount', 'new-payee', 'near-limit'),
    );
  });
  test('whoever has a factor gives it; a password alone is good up to a sum', () => {
    assert.deepEqual(judge({ amountMinor: 500_000n, hasFactor: true }), prove('aal2', 'amount'));
    assert.deepEqual(judge({ amountMinor: 2_000_000n }), prove('aal1', 'amount'));
    assert.deepEqual(judge({ amountMinor: 2_000_001n }), { kind: 'refuse', why: 'factor' });
    assert.deepEqual(judge({ amountMinor: 2_000_001n, hasFactor: true }), prove('aal2', 'amount'));
  });
  test('in a new browser little is asked for sooner, and more than its limit wants a factor that makes it known', () => {
    const here = { deviceKnown: false };
    assert.deepEqual(judge({ ...here, amountMinor: 9_999n }), { kind: 'free' });
    assert.deepEqual(judge({ ...here, amountMinor: 20_000n }), prove('aal1', 'new-device'));
    assert.deepEqual(judge({ ...here, amountMinor: 20_001n }), { kind: 'refuse', why: 'new-device-payment' });
    assert.deepEqual(judge({ ...here, amountMinor: 20_001n, hasFactor: true }), { kind: 'refuse', why: 'new-device-payment' });
    assert.deepEqual(judge({ ...here, amountMinor: 20_001n, hasFactor: true, canRecognise: true }), prove('aal2', 'new-device'));
    assert.deepEqual(overNewDevice({ canRecognise: false }, 'new-device-day'), { kind: 'refuse', why: 'new-device-day' });
  });
  test('what goes back has no new payee and no limit of new browsers, and is asked for by its amount', () => {
    const back = { isReturn: true, payeeKnown: false, deviceKnown: false };
    assert.deepEqual(judge({ ...back, amountMinor: 9_999n }), { kind: 'free' });
    assert.deepEqual(judge({ ...back, amountMinor: 60_000n }), prove('aal1', 'new-device'));
    assert.deepEqual(judge({ ...back, deviceKnown: true, amountMinor: 500_000n }), prove('aal1', 'amount'));
  });
  test('a larger amount is never asked less than a smaller one', () => {
    const rank = (facts: PayerFacts) => {
      const verdict = judgePayer(facts, POLICY);
      return verdict.kind === 'free' ? 0 : verdict.kind === 'prove' ? 1 : 2;
    };
    const [flag, amount] = [fc.boolean(), fc.bigInt({ min: 1n, max: 5_000_000n })];
    const flags = { isReturn: flag, payeeKnown: flag, deviceKnown: flag, nearLimit: flag, hasFactor: flag, canRecognise: flag };
    fc.assert(
      fc.property(fc.record(flags), amount, amount, (facts, one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        assert.ok(rank({ ...facts, amountMinor: less }) <= rank({ ...facts, amountMinor: more }));
      }),
    );
  });
});
