import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkSchedule, describeSchedule, dueAfterFailure, firstDue, nextDue } from './schedule.ts';

const at = (iso: string): number => Date.parse(iso);
const next = (nowIso: string, dailyAt: string, zone?: string): string =>
  new Date(nextDue(at(nowIso), zone === undefined ? { dailyAt } : { dailyAt, zone })).toISOString();

test('daily is the next time that clocks of the zone show it, never now', () => {
  assert.equal(next('2026-03-10T05:29:59Z', '02:30'), '2026-03-10T05:30:00.000Z');
  assert.equal(next('2026-03-10T05:30:00Z', '02:30'), '2026-03-11T05:30:00.000Z');
  assert.equal(nextDue(Date.parse('2026-03-10T05:29:59Z') + 0.123, { dailyAt: '02:30' }), Date.parse('2026-03-10T05:30:00Z'));
  assert.equal(next('2026-12-31T23:00:00Z', '00:00', 'Asia/Tokyo'), '2027-01-01T15:00:00.000Z');
  assert.equal(next('2026-03-10T12:00:00Z', '23:59', 'Pacific/Kiritimati'), '2026-03-11T09:59:00.000Z');
});

test('on the day on which the time is skipped it is the instant the clocks skip to, and the next day the time again', () => {
  assert.equal(next('2026-03-28T12:00:00Z', '01:30', 'Europe/Lisbon'), '2026-03-29T01:30:00.000Z');
  assert.equal(next('2026-03-29T01:30:00Z', '01:30', 'Europe/Lisbon'), '2026-03-30T00:30:00.000Z');
  // São Paulo had days without a midnight.
  assert.equal(next('2018-11-03T12:00:00Z', '00:00'), '2018-11-04T03:00:00.000Z');
  assert.equal(next('2018-11-04T03:00:00Z', '00:00'), '2018-11-05T02:00:00.000Z');
});

test('on the day on which the time comes twice it is the first of both, once', () => {
  assert.equal(next('2026-10-24T12:00:00Z', '01:30', 'Europe/Lisbon'), '2026-10-25T00:30:00.000Z');
  assert.equal(next('2026-10-25T00:30:00Z', '01:30', 'Europe/Lisbon'), '2026-10-26T01:30:00.000Z');
});

test('a year of days has a run each, whatever the clocks do', () => {
  for (const zone of ['America/Sao_Paulo', 'America/New_York', 'Australia/Lord_Howe', 'UTC']) {
    let ms = at('2026-01-01T00:00:00Z');
    for (let runs = 1; runs <= 365; runs++) {
      const due = nextDue(ms, { dailyAt: '02:15', zone });
      assert.ok(due - ms <= 25 * 3_600_000 && (runs === 1 || due - ms >= 23 * 3_600_000), `${zone} ${new Date(ms).toISOString()}`);
      ms = due;
    }
    assert.equal(new Date(ms).toISOString().slice(0, 4) >= '2026', true);
  }
});

test('every so often begins at once and counts from the end of a run; what failed comes back soon, then at least each minute', () => {
  assert.equal(firstDue(1_000, { everyMs: 5_000 }), 1_000);
  assert.equal(nextDue(1_000, { everyMs: 5_000 }), 6_000);
  assert.ok(firstDue(at('2026-03-10T05:00:00Z'), { dailyAt: '02:30' }) > at('2026-03-10T05:00:00Z'));
  assert.equal(
    dueAfterFailure(0, 1, () => 1),
    1_000,
  );
  assert.equal(
    dueAfterFailure(0, 40, () => 1),
    60_000,
  );
});

test('a schedule says in words what it is, and a wrong one is refused', () => {
  assert.equal(describeSchedule({ everyMs: 6 * 3_600_000 }), 'every 6 h');
  assert.equal(describeSchedule({ everyMs: 1_500 }), 'every 1500 ms');
  assert.equal(describeSchedule({ dailyAt: '02:30' }), 'daily at 02:30 in America/Sao_Paulo');
  for (const wrong of [
    { everyMs: 100 },
    { everyMs: 1e12 },
    { dailyAt: '24:00' },
    { dailyAt: '2:30' },
    { dailyAt: '02:30', zone: 'Mars/Base' },
  ])
    assert.throws(() => checkSchedule('probe.x', wrong), JSON.stringify(wrong));
  checkSchedule('probe.x', { dailyAt: '23:59', zone: 'UTC' });
});
