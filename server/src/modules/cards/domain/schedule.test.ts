import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isBusinessDay } from '#platform/business-days.ts';
import vectors from './card-settlement.vectors.json' with { type: 'json' };
import { scheduleOf } from './schedule.ts';
import { ANY_BRAND, findTerms, type Terms } from './terms.ts';

const credit = (mdrRate: string, fixedFeeMinor = 0n) => ({ mdrRate, fixedFeeMinor, termKind: 'calendar' as const, termDays: 30 });
const debit = { mdrRate: '0.0149', fixedFeeMinor: 0n, termKind: 'business' as const, termDays: 1 };

describe('vectors', () => {
  for (const { sale_date: date, instalments, gross_cents, mdr, cash_schedule, net_total } of vectors)
    test(`${instalments} × of ${gross_cents} on ${date}`, () => {
      const schedule = scheduleOf({ date, grossMinor: BigInt(gross_cents), instalments }, credit(mdr));
      assert.deepEqual(
        schedule.map(({ instalment, nominalDate, dueDate, grossMinor, feeMinor }) => [
          instalment,
          nominalDate,
          dueDate,
          grossMinor,
          feeMinor,
          grossMinor - feeMinor,
        ]),
        cash_schedule.map((one) => [one.n, one.nominal_due, one.cash_date, BigInt(one.gross), BigInt(one.mdr), BigInt(one.net)]),
      );
      assert.equal(
        schedule.reduce((sum, { grossMinor, feeMinor }) => sum + grossMinor - feeMinor, 0n),
        BigInt(net_total),
      );
    });
});

test('debit comes on the next business day: of a Friday on Monday, of the eve of Carnival on Ash Wednesday', () => {
  const dueOf = (date: string) => scheduleOf({ date, grossMinor: 1_000n, instalments: 1 }, debit)[0]!.dueDate;
  assert.deepEqual(['2026-03-10', '2026-03-13', '2026-03-14', '2026-02-13'].map(dueOf), [
    '2026-03-11',
    '2026-03-16',
    '2026-03-16',
    '2026-02-18',
  ]);
});

test('the fixed fee is paid once a sale, with the first instalment, and no fee is more than what was sold', () => {
  const fees = (grossMinor: bigint) =>
    scheduleOf({ date: '2026-03-10', grossMinor, instalments: 2 }, credit('0.02', 40n)).map(({ feeMinor }) => feeMinor);
  assert.deepEqual(fees(10_000n), [140n, 100n]);
  assert.deepEqual(fees(20n), [10n, 0n]);
});

test('parts add up to what was sold, on business days, whatever is sold', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 1n, max: 10n ** 12n }),
      fc.integer({ min: 1, max: 24 }),
      fc.integer({ min: 0, max: 99_999 }),
      fc.date({ min: new Date('2018-01-01'), max: new Date('2030-12-31'), noInvalidDate: true }),
      (grossMinor, instalments, millionths, on) => {
        const schedule = scheduleOf(
          { date: on.toISOString().slice(0, 10), grossMinor, instalments },
          credit(`0.${String(millionths).padStart(6, '0')}`, 49n),
        );
        assert.equal(
          schedule.reduce((sum, one) => sum + one.grossMinor, 0n),
          grossMinor,
        );
        for (const { dueDate, nominalDate, grossMinor: gross, feeMinor } of schedule) {
          assert.ok(isBusinessDay(dueDate) && dueDate >= nominalDate);
          assert.ok(feeMinor >= 0n && feeMinor <= gross);
        }
      },
    ),
  );
});

const line = (over: Partial<Terms>): Terms => ({
  id: 'a',
  acquirer: 'stone',
  brand: ANY_BRAND,
  method: 'credit-card',
  fromInstalments: 1,
  toInstalments: 1,
  mdrRate: '0.0299',
  fixedFeeMinor: 0n,
  termKind: 'calendar',
  termDays: 30,
  validFrom: '2026-01-01',
  ...over,
});

test('a contract is dated: a sale falls under the line that had begun on its day, and a new line leaves older sales as they were', () => {
  const contract = [line({ id: 'old' }), line({ id: 'new', validFrom: '2026-03-01' }), line({ id: 'later', validFrom: '2026-06-01' })];
  const of = (date: string) => findTerms(contract, { acquirer: 'stone', brand: 'visa', method: 'credit-card', instalments: 1, date })?.id;
  assert.deepEqual(['2025-12-31', '2026-01-01', '2026-02-28', '2026-03-01', '2026-05-31', '2026-06-01'].map(of), [
    undefined,
    'old',
    'old',
    'new',
    'new',
    'later',
  ]);
});

test('by acquirer, method, range of instalments and brand, its own brand before any', () => {
  const contract = [
    line({ id: 'any' }),
    line({ id: 'elo', brand: 'elo' }),
    line({ id: 'parcels', fromInstalments: 2, toInstalments: 6 }),
    line({ id: 'any-newer', validFrom: '2026-02-01' }),
  ];
  const of = (over: object) =>
    findTerms(contract, { acquirer: 'stone', brand: 'visa', method: 'credit-card', instalments: 1, date: '2026-03-10', ...over })?.id;
  assert.deepEqual(
    [
      {},
      { brand: 'elo' },
      { instalments: 2 },
      { instalments: 6 },
      { instalments: 7 },
      { acquirer: 'cielo' },
      { method: 'debit-card' as const },
    ].map(of),
    ['any-newer', 'elo', 'parcels', 'parcels', undefined, undefined, undefined],
  );
});
