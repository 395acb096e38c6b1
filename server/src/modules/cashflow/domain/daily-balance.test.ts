import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays, businessDate, countDays, startOfDay } from '#platform/clock.ts';
import { applyMovements, type Day, fillDays, type Movement, netMinor } from './daily-balance.ts';

type Vectors = {
  business_date: { instant: string; time_zone: string; expected_business_date: string; why: string }[];
  day_bounds: { business_date: string; time_zone: string; start_utc: string; end_utc_exclusive: string }[];
  daily_balance: {
    id: string;
    opening_cents: number;
    days: string[];
    entries: { business_date: string; type: 'CREDIT' | 'DEBIT'; amount_cents: number }[];
    expected: { business_date: string; opening: number; credits: number; debits: number; net: number; closing: number }[];
  }[];
};
const vectors = JSON.parse(await readFile(path.join(import.meta.dirname, 'daily-balance.vectors.json'), 'utf8')) as Vectors;

describe('vectors', () => {
  for (const one of vectors.business_date) {
    test(`business date of ${one.instant} in ${one.time_zone}: ${one.why}`, () => {
      assert.equal(businessDate(one.instant, one.time_zone), one.expected_business_date);
    });
  }
  for (const one of vectors.day_bounds) {
    test(`${one.business_date} in ${one.time_zone} begins and ends where the tz database says`, () => {
      assert.equal(startOfDay(one.business_date, one.time_zone), one.start_utc);
      assert.equal(startOfDay(addDays(one.business_date, 1), one.time_zone), one.end_utc_exclusive);
    });
  }
  for (const one of vectors.daily_balance) {
    test(`daily balance: ${one.id}`, () => {
      const movements = one.entries.map((entry, index) => ({
        position: BigInt(index + 1),
        date: entry.business_date,
        inMinor: entry.type === 'CREDIT' ? BigInt(entry.amount_cents) : 0n,
        outMinor: entry.type === 'DEBIT' ? BigInt(entry.amount_cents) : 0n,
      }));
      const days = fillDays(applyMovements([], movements, BigInt(one.opening_cents)), one.days[0]!, one.days.at(-1)!);
      assert.deepEqual(
        days.map((day) => [day.date, day.openingMinor, day.inMinor, day.outMinor, netMinor(day), day.closingMinor]),
        one.expected.map((day) => [
          day.business_date,
          ...[day.opening, day.credits, day.debits, day.net, day.closing].map((cents) => BigInt(cents)),
        ]),
      );
    });
  }
});

test('a backdated entry moves the opening and closing of every later day, and of no earlier one', () => {
  const known: Day[] = [
    { date: '2026-03-01', openingMinor: 0n, inMinor: 100n, outMinor: 0n, closingMinor: 100n, position: 1n },
    { date: '2026-03-05', openingMinor: 100n, inMinor: 0n, outMinor: 30n, closingMinor: 70n, position: 2n },
  ];
  assert.deepEqual(applyMovements(known, [{ date: '2026-03-03', inMinor: 7n, outMinor: 0n, position: 3n }]), [
    { date: '2026-03-03', openingMinor: 100n, inMinor: 7n, outMinor: 0n, closingMinor: 107n, position: 3n },
    { date: '2026-03-05', openingMinor: 107n, inMinor: 0n, outMinor: 30n, closingMinor: 77n, position: 3n },
  ]);
});

test('an entry before everything known starts from the opening of the oldest day', () => {
  const known: Day[] = [{ date: '2026-03-05', openingMinor: 100n, inMinor: 0n, outMinor: 30n, closingMinor: 70n, position: 1n }];
  const days = applyMovements(known, [{ date: '2026-03-04', inMinor: 1n, outMinor: 0n, position: 2n }]);
  assert.deepEqual(
    days.map((day) => day.closingMinor),
    [101n, 71n],
  );
});

test('the days before the first known one hold what it opened with, also when the account did not begin with nothing', () => {
  const known: Day[] = [{ date: '2026-03-03', openingMinor: 100n, inMinor: 0n, outMinor: 30n, closingMinor: 70n, position: 4n }];
  const still = (date: string, balance: bigint, position: bigint): Day => ({
    date,
    openingMinor: balance,
    inMinor: 0n,
    outMinor: 0n,
    closingMinor: balance,
    position,
  });
  const days = [still('2026-03-01', 100n, 0n), still('2026-03-02', 100n, 0n), known[0]!, still('2026-03-04', 70n, 4n)];
  assert.deepEqual(fillDays(known, '2026-03-01', '2026-03-04'), days);
  assert.deepEqual(fillDays(known, '2026-03-03', '2026-03-04'), days.slice(2));
  // The same range asked again is the same days, and another range is not taken for it, however many were asked in between.
  for (let day = 1; day <= 60; day++) {
    const to = addDays('2026-03-01', day);
    assert.equal(fillDays(known, '2026-03-01', to).at(-1)!.date, to);
  }
  assert.deepEqual(fillDays(known, '2026-03-01', '2026-03-04'), days);
});

test('amounts far beyond 2^53 stay exact', () => {
  const huge = 10n ** 30n + 1n;
  const days = applyMovements([], [{ date: '2026-03-01', inMinor: huge, outMinor: 1n, position: 1n }]);
  assert.equal(days[0]!.closingMinor, 10n ** 30n);
});

test('days are counted with both ends', () => {
  assert.equal(countDays('2026-03-01', '2026-03-01'), 1);
  assert.equal(countDays('2024-02-28', '2024-03-01'), 3);
  assert.equal(countDays('2026-03-02', '2026-03-01'), 0);
});

const START = '2018-10-30';
const movement: fc.Arbitrary<Movement> = fc.record({
  date: fc.integer({ min: 0, max: 40 }).map((offset) => addDays(START, offset)),
  inMinor: fc.bigInt({ min: 0n, max: 10n ** 20n }),
  outMinor: fc.bigInt({ min: 0n, max: 10n ** 20n }),
  position: fc.bigInt({ min: 1n, max: 1_000n }),
});
const movements = fc.array(movement, { maxLength: 60 });
const total = (list: readonly Movement[]) => list.reduce((sum, one) => sum + one.inMinor - one.outMinor, 0n);

/** What a projection does: batch after batch onto what it has stored. */
function project(batches: readonly (readonly Movement[])[]): Day[] {
  const stored = new Map<string, Day>();
  const sorted = () => [...stored.values()].sort((a, b) => (a.date < b.date ? -1 : 1));
  for (const batch of batches) for (const day of applyMovements(sorted(), batch)) stored.set(day.date, day);
  return sorted();
}

describe('properties', () => {
  test('closing is opening plus net, each day opens where the one before closed, and the last closing is the balance', () => {
    fc.assert(
      fc.property(movements, (list) => {
        const days = fillDays(project([list]), START, addDays(START, 45));
        let balance = 0n;
        for (const day of days) {
          assert.equal(day.openingMinor, balance);
          assert.equal(day.closingMinor, day.openingMinor + netMinor(day));
          balance = day.closingMinor;
        }
        assert.equal(balance, total(list));
      }),
    );
  });

  test('any order and any cut into batches gives the same days', () => {
    const shuffled = movements.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }), fc.integer({ min: 1, max: 9 })),
    );
    fc.assert(
      fc.property(shuffled, ([list, other, size]) => {
        const batches = Array.from({ length: Math.ceil(other.length / size) }, (_, index) => other.slice(index * size, (index + 1) * size));
        assert.deepEqual(project(batches), project([list]));
      }),
    );
  });

  test('a window shows what the whole history shows for its days', () => {
    fc.assert(
      fc.property(movements, fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 10 }), (list, offset, length) => {
        const all = project([list]);
        const from = addDays(START, offset);
        const to = addDays(from, length);
        const before = all.filter((day) => day.date < from).slice(-1);
        const inside = all.filter((day) => day.date >= from && day.date <= to);
        assert.deepEqual(
          fillDays([...before, ...inside], from, to),
          fillDays(all, START, to).filter((day) => day.date >= from),
        );
      }),
    );
  });

  test('each instant of the days of 23 and 25 hours and of the missing midnight belongs to the day that contains it', () => {
    // 2018: the clock went forward at midnight of 4 November (no 00:00 at all) and back at the end of 17 February.
    const from = Date.parse('2018-02-15T00:00:00Z');
    const to = Date.parse('2019-02-20T00:00:00Z');
    fc.assert(
      fc.property(fc.integer({ min: from, max: to }), (ms) => {
        const date = businessDate(ms);
        assert.ok(Date.parse(startOfDay(date)) <= ms && ms < Date.parse(startOfDay(addDays(date, 1))));
      }),
    );
    const hours = (date: string) => (Date.parse(startOfDay(addDays(date, 1))) - Date.parse(startOfDay(date))) / 3_600_000;
    assert.deepEqual(['2018-02-17', '2018-11-04', '2019-02-16', '2026-03-10'].map(hours), [25, 23, 25, 24]);
    assert.equal(startOfDay('2018-11-04'), '2018-11-04T03:00:00Z');
  });
});

test('the last days that a text can name are filled like any others, and the filling ends', () => {
  assert.equal(fillDays([], '9999-12-31', '9999-12-31').length, 1);
  assert.equal(fillDays([], '9999-12-30', '9999-12-31').length, 2);
  assert.throws(() => fillDays([], '2026-01-01', '9999-12-31'), RangeError);
});
