import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOver, mayWithdraw, retainedUntil } from './erasure.ts';

test('years are counted from the 1st of January after, and the longest law decides', () => {
  assert.equal(retainedUntil([{ years: 10 }], '2026-11-30'), '2037-01-01');
  assert.equal(retainedUntil([{ years: 10 }], '2026-12-31'), '2037-01-01');
  assert.equal(retainedUntil([{ years: 10 }], '2027-01-01'), '2038-01-01');
  assert.equal(retainedUntil([{ years: 5 }, { years: 10 }, { years: 7 }], '2026-01-01'), '2037-01-01');
  assert.equal(retainedUntil([], '2026-11-30'), null);
});

test('what has begun to be erased is not taken back', () => {
  const states = ['asked', 'waiting', 'erasing', 'done', 'refused', 'withdrawn'] as const;
  assert.deepEqual(states.filter(mayWithdraw), ['asked', 'waiting']);
  assert.deepEqual(states.filter(isOver), ['done', 'refused', 'withdrawn']);
});
