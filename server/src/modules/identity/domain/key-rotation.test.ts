import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueOf, type KeyAge, PUBLISHED_MS, STAYS_MS } from './key-rotation.ts';

const now = 1_000_000_000;
const key = (kid: string, state: KeyAge['state'], ageMs: number): KeyAge => ({ kid, state, sinceMs: now - ageMs });

test('a key signs when it has been published long enough, and not a moment before', () => {
  assert.deepEqual(dueOf([key('a', 'current', 9e9), key('b', 'next', PUBLISHED_MS - 1)], now), { signs: null, gone: [] });
  assert.deepEqual(dueOf([key('a', 'current', 9e9), key('b', 'next', PUBLISHED_MS)], now), { signs: 'b', gone: [] });
  assert.equal(dueOf([key('c', 'next', PUBLISHED_MS), key('b', 'next', PUBLISHED_MS + 1)], now).signs, 'b', 'the older one first');
});

test('one that signs no more goes when no token of it can be alive', () => {
  assert.deepEqual(dueOf([key('a', 'retired', STAYS_MS - 1), key('b', 'current', 1)], now).gone, []);
  assert.deepEqual(dueOf([key('a', 'retired', STAYS_MS), key('b', 'current', 9e9)], now), { signs: null, gone: ['a'] });
});
