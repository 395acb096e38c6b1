import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { anticipate } from './anticipation.ts';

const THREE_MONTHS = [30, 60, 90];

test('three instalments of 50.00, MDR 4 %, 2.5 % a month, as Pagar.me writes it: simple on the net', () => {
  const paid = THREE_MONTHS.map((days) => anticipate('simple', 4_800n, '0.025', days));
  assert.deepEqual(
    paid.map(({ paidMinor }) => paidMinor),
    [4_680n, 4_560n, 4_440n],
  );
  assert.equal(
    paid.reduce((sum, { paidMinor }) => sum + paidMinor, 0n),
    13_680n,
  );
  assert.deepEqual(
    paid.map(({ feeMinor }) => feeMinor),
    [120n, 240n, 360n],
  );
});

test('the same compound', () => {
  assert.deepEqual(
    THREE_MONTHS.map((days) => anticipate('compound', 4_800n, '0.025', days).paidMinor),
    [4_683n, 4_569n, 4_457n],
  );
});

test('days that are no whole months: a root is worked out exactly', () => {
  // In centavos, by Python's decimal with 50 digits: 988841.2372…, and 99934339.6216….
  assert.equal(anticipate('compound', 1_000_000n, '0.02', 17).paidMinor, 988_841n);
  assert.equal(anticipate('compound', 100_000_000n, '0.0199', 1).paidMinor, 99_934_340n);
});

test('nothing in advance, and at no rate, costs nothing; half a centavo of fee is rounded up', () => {
  for (const kind of ['simple', 'compound'] as const) {
    assert.equal(anticipate(kind, 4_800n, '0.025', 0).feeMinor, 0n);
    assert.equal(anticipate(kind, 4_800n, '0', 90).feeMinor, 0n);
  }
  assert.equal(anticipate('simple', 50n, '0.01', 30).feeMinor, 1n);
  assert.equal(anticipate('simple', 49n, '0.01', 30).feeMinor, 0n);
});

test('the fee never exceeds the net, grows with the days, and what is paid with the fee is the net', () => {
  const days = fc.integer({ min: 0, max: 400 });
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.integer({ min: 0, max: 999_999 }), days, days, (net, rate, a, b) => {
      const text = `0.${String(rate).padStart(6, '0')}`;
      for (const kind of ['simple', 'compound'] as const) {
        const [sooner, later] = [anticipate(kind, net, text, Math.min(a, b)), anticipate(kind, net, text, Math.max(a, b))];
        assert.ok(sooner.feeMinor >= 0n && later.feeMinor >= sooner.feeMinor && later.feeMinor <= net);
        assert.equal(later.paidMinor + later.feeMinor, net);
      }
    }),
    { numRuns: 60 },
  );
});
