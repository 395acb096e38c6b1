import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, businessDate, manualClock, startOfDay, systemClock } from './clock.ts';

const hours = (date: string, zone?: string) =>
  (Date.parse(startOfDay(addDays(date, 1), zone)) - Date.parse(startOfDay(date, zone))) / 3_600_000;

test('a business date is the one on the wall where the money is, not in UTC', () => {
  assert.equal(businessDate('2026-03-10T02:59:59.999Z'), '2026-03-09');
  assert.equal(businessDate('2026-03-10T03:00:00Z'), '2026-03-10');
  assert.equal(businessDate(Date.parse('2026-03-10T03:30:00Z'), 'America/Manaus'), '2026-03-09');
  assert.equal(businessDate(new Date('2026-03-10T23:59:59Z'), 'UTC'), '2026-03-10');
});

test('the offset is the one of that date: −02 in the summers that had it, −03 since', () => {
  assert.equal(businessDate('2019-01-15T02:30:00Z'), '2019-01-15');
  assert.equal(businessDate('2026-01-15T02:30:00Z'), '2026-01-14');
});

test('days of 23 and 25 hours, and the midnight that never was', () => {
  assert.deepEqual(
    ['2018-11-04', '2018-02-17', '2019-02-16', '2026-11-01'].map((date) => hours(date)),
    [23, 25, 25, 24],
  );
  assert.equal(startOfDay('2018-11-04'), '2018-11-04T03:00:00Z');
  assert.equal(businessDate('2018-11-04T02:59:59Z'), '2018-11-03');
  assert.equal(businessDate('2018-11-04T03:00:00Z'), '2018-11-04');
  // 23:30 of 16 February 2019 came twice, an hour apart; both are the 16th.
  assert.deepEqual(
    ['2019-02-17T01:30:00Z', '2019-02-17T02:30:00Z'].map((instant) => businessDate(instant)),
    ['2019-02-16', '2019-02-16'],
  );
});

test('dates are added on the calendar, over months, leap days and years', () => {
  assert.equal(addDays('2024-02-28', 1), '2024-02-29');
  assert.equal(addDays('2026-02-28', 1), '2026-03-01');
  assert.equal(addDays('2026-01-01', -1), '2025-12-31');
  assert.equal(addDays('2018-11-03', 1), '2018-11-04');
});

test('what is no date, instant or zone is refused', () => {
  assert.throws(() => addDays('2026-02-30', 0), RangeError);
  assert.throws(() => businessDate('yesterday'), RangeError);
  assert.throws(() => businessDate(0, 'Mars/Olympus'), RangeError);
});

test('the clock of tests stands still until told', () => {
  const clock = manualClock(1_000);
  assert.equal(clock.now(), 1_000);
  clock.advance(5);
  assert.equal(clock.now(), 1_005);
  clock.set(7);
  assert.equal(clock.now(), 7);
  assert.ok(Math.abs(systemClock.now() - Date.now()) < 1_000);
});
