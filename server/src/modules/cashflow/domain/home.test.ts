import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_PROJECTION, splitDays, todayOf } from './home.ts';

test('a day that is not projected is never shown as zero for certain', () => {
  const day = { date: '2026-03-01', openingMinor: '1', inMinor: '2', outMinor: '0', netMinor: '2', closingMinor: '3' };
  const projection = { days: [day], updatedAt: '2026-03-01T12:00:00.000Z', pending: false, lagMs: 0 };
  assert.deepEqual(todayOf(projection, '2026-03-01'), { ...day, updatedAt: projection.updatedAt, pending: false, lagMs: 0 });
  const missing = todayOf(projection, '2026-03-02');
  const zero = { date: '2026-03-02', openingMinor: '0', inMinor: '0', outMinor: '0', netMinor: '0', closingMinor: '0' };
  assert.deepEqual(missing, { ...zero, updatedAt: null, pending: true, lagMs: 0 });
  // A day that is there, of a projection that still waits, waits too.
  assert.equal(todayOf({ ...projection, pending: true }, '2026-03-01').pending, true);
  assert.deepEqual(NO_PROJECTION, { days: [], updatedAt: null, pending: true, lagMs: 0 });
});

test('the days of the screen are parted from those they are compared with, and nothing is counted twice', () => {
  const day = (date: string, inMinor: string, outMinor: string) => ({
    date,
    openingMinor: '0',
    inMinor,
    outMinor,
    netMinor: '0',
    closingMinor: '0',
  });
  const days = [day('2026-01-01', '100', '7'), day('2026-01-02', '30', '0'), day('2026-01-03', '9007199254740993', '1')];
  assert.deepEqual(splitDays(days, '2026-01-03'), { days: [days[2]], before: { inMinor: '130', outMinor: '7' } });
  assert.deepEqual(splitDays(days, '2025-12-01').before, { inMinor: '0', outMinor: '0' });
  assert.deepEqual(splitDays([], '2026-01-03'), { days: [], before: { inMinor: '0', outMinor: '0' } });
});
