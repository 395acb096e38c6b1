import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cashOf, chargesOn, daysLate, NO_TERMS, type Terms } from './charges.ts';
import { halfUp, parsePercent, percentOf } from './exact.ts';
import { instalmentsOf, splitTotal } from './instalments.ts';

test('an instalment plan is its total to the centavo, and the remainder is where it was said', () => {
  assert.deepEqual(splitTotal(10_000n, 3, 'first'), [3_334n, 3_333n, 3_333n]);
  assert.deepEqual(splitTotal(10_000n, 3, 'last'), [3_333n, 3_333n, 3_334n]);
  assert.deepEqual(splitTotal(7n, 7, 'last'), [1n, 1n, 1n, 1n, 1n, 1n, 1n]);
  assert.throws(() => splitTotal(6n, 7, 'last'), RangeError, 'no instalment of nothing');
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 15n }),
      fc.integer({ min: 1, max: 120 }),
      fc.constantFrom('first' as const, 'last' as const),
      (total, count, remainder) => {
        fc.pre(total >= BigInt(count));
        const parts = splitTotal(total, count, remainder);
        assert.equal(
          parts.reduce((sum, part) => sum + part, 0n),
          total,
        );
        const others = remainder === 'first' ? parts.slice(1) : parts.slice(0, -1);
        assert.ok(new Set(others).size <= 1);
      },
    ),
  );
});

test('complaint 3: later instalments have dates and numbers of their own, over the end of a year', () => {
  const plan = {
    totalMinor: 100_000n,
    count: 4,
    remainder: 'last',
    firstOn: '2026-11-30',
    anchorDay: 30,
    everyMonths: 1,
    roll: 'next',
  } as const;
  assert.deepEqual(
    instalmentsOf(plan).map(({ nth, dueOn, amountMinor }) => [nth, dueOn, amountMinor]),
    [
      [1, '2026-11-30', 25_000n],
      [2, '2026-12-30', 25_000n],
      [3, '2027-02-01', 25_000n],
      [4, '2027-03-01', 25_000n],
    ],
  );
});

const LATE: Terms = { finePercent: '2', interest: { percent: '1', per: 'month' }, discount: null };

test('fine once, interest a calendar day of thirty', () => {
  // R$ 1.000,00 due on Tuesday the 10th, paid on the 27th: 2 % and 17/30 of 1 %.
  assert.equal(daysLate('2026-03-10', '2026-03-27'), 17);
  const charges = chargesOn(LATE, '2026-03-10', '2026-03-27', 100_000n);
  assert.deepEqual(charges, { fineMinor: 2_000n, interestMinor: 567n, discountMinor: 0n });
  assert.equal(cashOf(100_000n, charges), 102_567n);
  assert.deepEqual(
    chargesOn({ ...LATE, interest: { percent: '0.0333', per: 'day' } }, '2026-03-10', '2026-03-27', 100_000n).interestMinor,
    566n,
  );
});

test('what falls due on a holiday is paid on the next business day without charges, and a day later with all of them', () => {
  // Saturday before Carnival: the next business day is Ash Wednesday.
  assert.equal(daysLate('2026-02-14', '2026-02-18'), 0);
  assert.equal(daysLate('2026-02-14', '2026-02-19'), 5);
  assert.equal(daysLate('2026-12-31', '2026-12-31'), 0);
  assert.equal(daysLate('2026-12-31', '2027-01-01'), 1, 'the last day of the year is a business day');
  assert.equal(daysLate('2028-02-28', '2028-03-01'), 0, 'Carnival Monday of a leap year');
  assert.equal(daysLate('2024-02-28', '2024-03-01'), 2, 'over a leap day');
});

test('a discount is given on its last day and not the day after', () => {
  const terms: Terms = { ...NO_TERMS, discount: { percent: '2.5', untilOn: '2026-03-05' } };
  assert.equal(chargesOn(terms, '2026-03-10', '2026-03-05', 9_999n).discountMinor, 250n);
  assert.equal(chargesOn(terms, '2026-03-10', '2026-03-06', 9_999n).discountMinor, 0n);
});

test('rates are exact and round half up', () => {
  assert.equal(percentOf(150n, '1'), 2n, '1.5 centavos');
  assert.equal(percentOf(149n, '1'), 1n);
  assert.equal(percentOf(1n, '50'), 1n);
  assert.equal(halfUp(5n, 10n), 1n);
  // 0.1 and 0.2 of a float are not themselves.
  assert.equal(parsePercent('0.1') + parsePercent('0.2'), parsePercent('0.3'));
  assert.equal(parsePercent('0.000001'), 1n);
  for (const text of ['', '1,5', '-1', '1.', '01', '1e2', '1.0000001']) assert.throws(() => parsePercent(text), RangeError, text);
});

test('what is charged of parts differs from what is charged of the whole by no more than the roundings', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 9n }), fc.bigInt({ min: 1n, max: 10n ** 9n }), (one, other) => {
      const sum = (field: 'fineMinor' | 'interestMinor', ...parts: bigint[]) =>
        parts.reduce((total, part) => total + chargesOn(LATE, '2026-03-10', '2026-04-10', part)[field], 0n);
      for (const field of ['fineMinor', 'interestMinor'] as const) {
        const apart = sum(field, one, other) - sum(field, one + other);
        assert.ok(apart >= -1n && apart <= 1n);
      }
    }),
  );
});
