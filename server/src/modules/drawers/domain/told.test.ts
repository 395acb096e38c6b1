import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesOf } from './told.ts';

test('what comes in is more, what goes out less, a transfer both, and what is only owed changes no place', () => {
  const entry = { amountMinor: '100', placeId: 'a', toPlaceId: null };
  assert.deepEqual(changesOf({ ...entry, kind: 'in' }), [{ placeId: 'a', cashMinor: 100n }]);
  assert.deepEqual(changesOf({ ...entry, kind: 'out' }), [{ placeId: 'a', cashMinor: -100n }]);
  assert.deepEqual(changesOf({ ...entry, kind: 'transfer', toPlaceId: 'b' }), [
    { placeId: 'a', cashMinor: -100n },
    { placeId: 'b', cashMinor: 100n },
  ]);
  assert.deepEqual(changesOf({ ...entry, kind: 'in', placeId: null }), []);
  assert.deepEqual(changesOf({ kind: 'transfer', amountMinor: '7', placeId: null, toPlaceId: 'b' }), [{ placeId: 'b', cashMinor: 7n }]);
});

test('an opening below zero, and an entry that says its amount by its lines', () => {
  assert.deepEqual(changesOf({ kind: 'opening', amountMinor: '-5', placeId: 'a', toPlaceId: null }), [{ placeId: 'a', cashMinor: -5n }]);
  assert.deepEqual(changesOf({ kind: 'out', lines: [{ amountMinor: '3' }, { amountMinor: '4' }], placeId: 'a', toPlaceId: null }), [
    { placeId: 'a', cashMinor: -7n },
  ]);
});
