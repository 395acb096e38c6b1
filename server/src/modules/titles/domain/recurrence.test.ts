import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isBusinessDay } from '#platform/business-days.ts';
import { addDays } from '#platform/clock.ts';
import {
  continued,
  dateOf,
  occurrenceId,
  occurrenceOf,
  occurrencesThrough,
  rescheduled,
  type Schedule,
  type Segment,
} from './recurrence.ts';

const NEVER = { untilOn: null, count: null };
const monthly = (firstOn: string, anchorDay: number, more: Partial<Schedule> = {}): Schedule => ({
  firstOn,
  anchorDay,
  unit: 'month',
  every: 1,
  roll: 'none',
  competence: 'due',
  ...more,
});
const ruleOf = (schedule: Schedule): Segment<string>[] => [{ ...schedule, fromN: 0, template: 'rent' }];
const dates = (schedule: Schedule, count: number): string[] => Array.from({ length: count }, (_, n) => dateOf(schedule, n));

test('complaint 13: day 31 is neither skipped nor does it drift', () => {
  assert.deepEqual(dates(monthly('2026-01-31', 31), 5), ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']);
  assert.deepEqual(dates(monthly('2026-02-28', 31), 3), ['2026-02-28', '2026-03-31', '2026-04-30'], 'begun on a short month');
  assert.deepEqual(
    dates(monthly('2027-12-30', 30), 4),
    ['2027-12-30', '2028-01-30', '2028-02-29', '2028-03-30'],
    'over a year into a leap day',
  );
});

test('a leap day keeps its anchor over years', () => {
  const yearly = monthly('2028-02-29', 29, { unit: 'year' });
  assert.deepEqual(dates(yearly, 5), ['2028-02-29', '2029-02-28', '2030-02-28', '2031-02-28', '2032-02-29']);
});

test('weeks, and every so many', () => {
  assert.deepEqual(dates(monthly('2026-12-25', 25, { unit: 'week', every: 2 }), 3), ['2026-12-25', '2027-01-08', '2027-01-22']);
  assert.deepEqual(dates(monthly('2026-11-30', 30, { every: 3 }), 3), ['2026-11-30', '2027-02-28', '2027-05-30']);
  // The days of 23, 25 and no midnight in São Paulo: a date is no instant.
  assert.deepEqual(dates(monthly('2018-10-28', 28, { unit: 'week' }), 3), ['2018-10-28', '2018-11-04', '2018-11-11']);
  assert.deepEqual(dates(monthly('2019-02-10', 10, { unit: 'week' }), 3), ['2019-02-10', '2019-02-17', '2019-02-24']);
});

test('rolling moves the day of payment and not the anchor', () => {
  const next = ruleOf(monthly('2026-01-01', 1, { roll: 'next' }));
  assert.deepEqual(
    [0, 1, 2].map((n) => occurrenceOf(next, n).dueOn),
    ['2026-01-02', '2026-02-02', '2026-03-02'],
  );
  const previous = ruleOf(monthly('2026-01-31', 31, { roll: 'previous' }));
  assert.deepEqual(
    [0, 1, 2].map((n) => occurrenceOf(previous, n).dueOn),
    ['2026-01-30', '2026-02-27', '2026-03-31'],
  );
  assert.equal(occurrenceOf(next, 1).nominalOn, '2026-02-01');
});

test('what is paid in the month after may count in the month before', () => {
  const rent = ruleOf(monthly('2026-04-05', 5, { competence: 'month-before', roll: 'next' }));
  const first = occurrenceOf(rent, 0);
  assert.deepEqual([first.dueOn, first.competenceOn], ['2026-04-06', '2026-03-31']);
  assert.equal(occurrenceOf(ruleOf(monthly('2027-01-01', 1, { competence: 'month-before' })), 0).competenceOn, '2026-12-31');
});

test('after an outage all that were missed are there, each with its own date', () => {
  const missed = occurrencesThrough(ruleOf(monthly('2026-01-31', 31)), NEVER, 3, '2026-08-01', 100);
  assert.deepEqual(
    missed.map(({ n, dueOn }) => [n, dueOn]),
    [
      [3, '2026-04-30'],
      [4, '2026-05-31'],
      [5, '2026-06-30'],
      [6, '2026-07-31'],
    ],
  );
  assert.equal(occurrencesThrough(ruleOf(monthly('2026-01-31', 31)), NEVER, 0, '2036-01-01', 10).length, 10, 'a page at a time');
});

test('a rule ends by a date that is in it, or by a count', () => {
  const rule = ruleOf(monthly('2026-01-10', 10));
  assert.equal(occurrencesThrough(rule, { untilOn: '2026-03-10', count: null }, 0, '2027-01-01', 99).length, 3);
  assert.equal(occurrencesThrough(rule, { untilOn: '2026-03-09', count: null }, 0, '2027-01-01', 99).length, 2);
  assert.equal(occurrencesThrough(rule, { untilOn: null, count: 5 }, 0, '2027-01-01', 99).length, 5);
  assert.equal(occurrencesThrough(rule, { untilOn: null, count: 5 }, 5, '2027-01-01', 99).length, 0);
});

test('complaint 14: an occurrence has one id, whoever asks and however often', () => {
  const [tenant, rule] = ['0192f3a0-0000-7000-8000-000000000001', '0192f3a0-0000-7000-8000-000000000002'];
  assert.equal(occurrenceId(tenant, rule, 3), occurrenceId(tenant, rule, 3));
  const ids = [occurrenceId(tenant, rule, 3), occurrenceId(tenant, rule, 4), occurrenceId(rule, tenant, 3)];
  assert.equal(new Set(ids).size, 3);
});

test('a change from an occurrence on keeps the dates; another schedule moves only those from there on', () => {
  const rule = ruleOf(monthly('2026-01-31', 31));
  const dearer = continued(rule, 1, 'more rent');
  assert.deepEqual(
    [0, 1, 2].map((n) => [occurrenceOf(dearer, n).dueOn, dearer.findLast(({ fromN }) => fromN <= n)!.template]),
    [
      ['2026-01-31', 'rent'],
      ['2026-02-28', 'more rent'],
      ['2026-03-31', 'more rent'],
    ],
  );
  const moved = rescheduled(dearer, 2, monthly('2026-03-10', 10), 'more rent');
  assert.deepEqual(
    [1, 2, 3].map((n) => occurrenceOf(moved, n).dueOn),
    ['2026-02-28', '2026-03-10', '2026-04-10'],
  );
  // Changed again from an earlier one: what was to come is what the last change said.
  assert.equal(continued(moved, 1, 'less').length, 2);
});

const schedules = fc.record({
  firstOn: fc.integer({ min: 0, max: 12_000 }).map((days) => addDays('2019-01-01', days)),
  unit: fc.constantFrom('week' as const, 'month' as const, 'year' as const),
  every: fc.integer({ min: 1, max: 13 }),
  roll: fc.constantFrom('none' as const, 'next' as const, 'previous' as const),
  competence: fc.constantFrom('due' as const, 'month-before' as const),
});

test('dates rise, are on or beside the anchor, and a continued rule has the same ones', () => {
  fc.assert(
    fc.property(schedules, fc.integer({ min: 1, max: 20 }), (some, at) => {
      const schedule = { ...some, anchorDay: Number(some.firstOn.slice(8)) };
      const rule = ruleOf(schedule);
      const changed = continued(continued(rule, at, 'a'), at + 2, 'b');
      let last = '';
      for (let n = 0; n < at + 5; n++) {
        const one = occurrenceOf(rule, n);
        assert.deepEqual(occurrenceOf(changed, n), one);
        assert.ok(one.nominalOn > last);
        last = one.nominalOn;
        if (schedule.roll !== 'none') assert.ok(isBusinessDay(one.dueOn));
        if (schedule.unit !== 'week') {
          const isLast = addDays(one.nominalOn, 1).endsWith('-01');
          const day = Number(one.nominalOn.slice(8));
          assert.ok(day === schedule.anchorDay || (isLast && day < schedule.anchorDay), one.nominalOn);
        }
      }
    }),
  );
});
