import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecent } from './recent.ts';

test('the oldest is forgotten first, of whoever it is, and what is asked from before it is not answered in part', () => {
  const recent = createRecent(3);
  recent.begin(10n);
  assert.deepEqual(recent.since(['a'], 9n), null);
  for (const at of [11n, 12n, 13n, 14n]) recent.add(at % 2n === 0n ? 'even' : 'odd', { event: 'payment', data: at }, at);
  recent.reached(20n);
  assert.deepEqual(recent.since(['odd'], 10n), null, '11 is gone');
  assert.deepEqual(
    recent.since(['odd'], 11n)?.map(({ data }) => data),
    [13n],
  );
  assert.deepEqual(
    recent.since(['even'], 12n)?.map(({ data }) => data),
    [14n],
  );
  assert.deepEqual([recent.since(['nobody'], 20n), recent.since(['nobody'], 21n), recent.size], [[], null, 3]);
});
