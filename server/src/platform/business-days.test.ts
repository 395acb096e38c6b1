import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addBusinessDays, bankHolidays, isBusinessDay, nextBusinessDay, previousBusinessDay } from './business-days.ts';
import { addDays } from './clock.ts';

/** Carnival Monday, Good Friday and Corpus Christi as ANBIMA publishes them. */
const MOVABLE: Readonly<Record<number, readonly [string, string, string]>> = {
  2019: ['03-04', '04-19', '06-20'],
  2020: ['02-24', '04-10', '06-11'],
  2021: ['02-15', '04-02', '06-03'],
  2022: ['02-28', '04-15', '06-16'],
  2023: ['02-20', '04-07', '06-08'],
  2024: ['02-12', '03-29', '05-30'],
  2025: ['03-03', '04-18', '06-19'],
  2026: ['02-16', '04-03', '06-04'],
  2027: ['02-08', '03-26', '05-27'],
  2028: ['02-28', '04-14', '06-15'],
  2029: ['02-12', '03-30', '05-31'],
  2030: ['03-04', '04-19', '06-20'],
};
const FIXED = ['01-01', '04-21', '05-01', '09-07', '10-12', '11-02', '11-15', '12-25'];

for (const [year, [carnival, goodFriday, corpusChristi]] of Object.entries(MOVABLE))
  test(`the bank holidays of ${year} are those of the published list`, () => {
    const tuesday = addDays(`${year}-${carnival}`, 1);
    const black = Number(year) >= 2024 ? [`${year}-11-20`] : [];
    const expected = [...[...FIXED, carnival, goodFriday, corpusChristi].map((day) => `${year}-${day}`), tuesday, ...black].sort();
    assert.deepEqual(bankHolidays(Number(year)), expected);
    for (const date of expected) assert.equal(isBusinessDay(date), false, date);
    // Ash Wednesday and the last day of the year are settled on.
    assert.equal(isBusinessDay(addDays(tuesday, 1)), true);
    assert.equal(isBusinessDay(previousBusinessDay(`${year}-12-31`)), true);
  });

test('Consciência Negra stops banks since 2024', () => {
  assert.equal(isBusinessDay('2023-11-20'), true);
  assert.equal(isBusinessDay('2024-11-20'), false);
  assert.equal(isBusinessDay('2025-11-20'), false);
});

test('a date rolls over weekends, holidays and the end of the year', () => {
  assert.equal(nextBusinessDay('2026-02-14'), '2026-02-18', 'Saturday before Carnival');
  assert.equal(nextBusinessDay('2026-11-20'), '2026-11-23');
  assert.equal(nextBusinessDay('2027-01-01'), '2027-01-04');
  assert.equal(previousBusinessDay('2027-01-01'), '2026-12-31');
  assert.equal(previousBusinessDay('2028-02-29'), '2028-02-25', 'Carnival Tuesday on a leap day');
  assert.equal(nextBusinessDay('2026-12-31'), '2026-12-31');
});

test('business days are counted from the day itself', () => {
  assert.equal(addBusinessDays('2026-03-09', 1), '2026-03-10');
  assert.equal(addBusinessDays('2026-03-13', 1), '2026-03-16');
  assert.equal(addBusinessDays('2026-03-14', 1), '2026-03-16', 'a sale on Saturday is paid on Monday');
  assert.equal(addBusinessDays('2026-03-14', 2), '2026-03-17');
  assert.equal(addBusinessDays('2026-12-30', 3), '2027-01-05');
  assert.throws(() => addBusinessDays('2026-03-09', -1), RangeError);
});

test('rolling ends on a business day, on its own side, with none between', () => {
  const date = fc.integer({ min: 0, max: 365 * 120 }).map((days) => addDays('1980-01-01', days));
  fc.assert(
    fc.property(date, (from) => {
      const [next, previous] = [nextBusinessDay(from), previousBusinessDay(from)];
      assert.ok(isBusinessDay(next) && isBusinessDay(previous) && previous <= from && from <= next);
      for (let day = addDays(previous, 1); day < next; day = addDays(day, 1)) assert.equal(isBusinessDay(day), false, day);
    }),
  );
});
