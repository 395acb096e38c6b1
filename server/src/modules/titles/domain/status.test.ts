import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, listDates } from '#platform/clock.ts';
import { lateBefore, statusOn } from './status.ts';

test('a title is what it is on a day', () => {
  const title = { amountMinor: 100n, settledMinor: 0n, cancelled: false, dueOn: '2026-11-28' };
  assert.equal(statusOn('2026-11-27', title), 'open');
  assert.equal(statusOn('2026-11-30', title), 'open', 'a Saturday is paid on Monday');
  assert.equal(statusOn('2026-12-01', title), 'overdue');
  assert.equal(statusOn('2026-11-27', { ...title, settledMinor: 40n }), 'partly');
  assert.equal(statusOn('2026-12-01', { ...title, settledMinor: 40n }), 'overdue');
  assert.equal(statusOn('2026-12-01', { ...title, settledMinor: 100n }), 'settled');
  assert.equal(statusOn('2026-12-01', { ...title, cancelled: true }), 'cancelled');
});

test('what is late on a day is what was due before one day, over weekends, holidays and the end of a year', () => {
  for (const today of listDates('2026-12-20', '2027-01-10', 30))
    for (let dueOn = addDays(today, -12); dueOn <= today; dueOn = addDays(dueOn, 1)) {
      const status = statusOn(today, { amountMinor: 1n, settledMinor: 0n, cancelled: false, dueOn });
      assert.equal(status === 'overdue', dueOn < lateBefore(today), `${dueOn} on ${today}`);
    }
});
