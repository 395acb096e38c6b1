import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '#platform/clock.ts';
import { businessDayOf, startOfBusinessDay } from './business-day.ts';

const SAO_PAULO = 'America/Sao_Paulo';
const BAR = 4;
const at = (iso: string) => Date.parse(iso);
const HOUR_MS = 3_600_000;

describe('a bar that cuts off at four', () => {
  for (const [instant, expected, why] of [
    ['2026-03-10T04:30:00Z', '2026-03-09', 'half past one belongs to last night'],
    ['2026-03-10T06:59:59.999Z', '2026-03-09', 'the last moment before four'],
    ['2026-03-10T07:00:00Z', '2026-03-10', 'four is the new day'],
    ['2027-01-01T05:00:00Z', '2026-12-31', 'the night of the year’s end is the old year’s'],
    ['2018-11-04T02:59:59Z', '2018-11-03', 'the last second before the midnight that never was'],
    ['2018-11-04T03:00:00Z', '2018-11-03', 'one in the morning, right after the gap'],
    ['2018-11-04T05:59:59Z', '2018-11-03', '03:59:59 of summer time'],
    ['2018-11-04T06:00:00Z', '2018-11-04', '04:00 of summer time'],
    ['2019-02-17T01:30:00Z', '2019-02-16', '23:30 for the first time'],
    ['2019-02-17T02:30:00Z', '2019-02-16', '23:30 for the second time'],
    ['2019-02-17T06:59:59Z', '2019-02-16', '03:59:59 after the summer'],
    ['2019-02-17T07:00:00Z', '2019-02-17', '04:00 after the summer'],
  ] as const)
    test(`${instant}: ${why}`, () => assert.equal(businessDayOf(at(instant), SAO_PAULO, BAR), expected));
});

test('a shop that cuts off at midnight has the days of the calendar, also those without a midnight', () => {
  assert.equal(businessDayOf(at('2018-11-04T02:59:59Z'), SAO_PAULO, 0), '2018-11-03');
  assert.equal(businessDayOf(at('2018-11-04T03:00:00Z'), SAO_PAULO, 0), '2018-11-04');
  assert.equal(startOfBusinessDay('2018-11-04', SAO_PAULO, 0), at('2018-11-04T03:00:00Z'));
});

test('the nights in which the clock was changed have 23 and 25 hours', () => {
  const hours = (date: string) =>
    (startOfBusinessDay(addDays(date, 1), SAO_PAULO, BAR) - startOfBusinessDay(date, SAO_PAULO, BAR)) / HOUR_MS;
  assert.deepEqual([hours('2018-11-02'), hours('2018-11-03'), hours('2019-02-16'), hours('2019-02-17')], [24, 23, 25, 24]);
});

test('each day begins where the one before ends, in any zone, at any cut-off', () => {
  const zones = [SAO_PAULO, 'America/Manaus', 'America/Noronha', 'America/New_York', 'Europe/Lisbon', 'Australia/Lord_Howe'];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 4_000 }),
      (zone, cutOffHour, days) => {
        const date = addDays('2016-01-01', days);
        const start = startOfBusinessDay(date, zone, cutOffHour);
        assert.equal(businessDayOf(start, zone, cutOffHour), date);
        assert.equal(businessDayOf(start - 1, zone, cutOffHour), addDays(date, -1));
      },
    ),
  );
});
