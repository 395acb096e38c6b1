import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laneOf, lanesOf, nameOf, rowAfter, wasHandled } from './lanes.ts';
import { type CursorRow, handledUpTo } from './standing.ts';

const TENANT = '01890000-0000-7000-8000-000000000001';
const keyed = (key: string) => ({ tenantId: TENANT, key });

test('a key has its lane by itself, the same for ever, and lanes are about equally full', () => {
  assert.deepEqual(
    ['a', 'b', 'ç'].map((key) => laneOf(keyed(key), 16)),
    [14, 11, 13],
  );
  const counts = Array(8).fill(0);
  for (let nth = 0; nth < 8_000; nth++) counts[laneOf(keyed(`acc_${nth}`), 8)]++;
  for (const count of counts) assert.ok(count > 800 && count < 1_200, `${count} of 8,000`);
  assert.deepEqual(
    [lanesOf({ group: 'g' } as never).map(nameOf), lanesOf({ group: 'g', lanes: 2 } as never).map(nameOf)],
    [['g'], ['g#0/2', 'g#1/2']],
  );
  for (const lanes of [0, 65, 1.5]) assert.throws(() => lanesOf({ group: 'g', lanes } as never));
});

test('after any changes of their number, lanes hand on exactly what no lane had handled', () => {
  // Many made-up histories against the definition itself: a set of handled events.
  let seed = 7;
  const roll = (most: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % most;
  };
  const events = Array.from({ length: 200 }, (_, nth) => ({
    ...keyed(`k${roll(30)}`),
    type: roll(3) ? 'x' : 'y',
    position: BigInt(nth + 1),
  }));
  for (let history = 0; history < 60; history++) {
    let rows: CursorRow[] = [{ position: 0n, types: { x: null, y: null }, holderVersion: 1, holderTypes: ['x', 'y'] }];
    const handled = new Set<bigint>();
    for (let change = 0; change < 4; change++) {
      rows = rows.map((row, nth) => {
        const to = row.position + BigInt(roll(40));
        const isDue = (event: (typeof events)[number]) =>
          laneOf(event, rows.length) === nth && event.position > handledUpTo(row, event.type) && !wasHandled(row.former, event);
        for (const event of events) {
          if (!isDue(event) || event.position > to) continue;
          assert.ok(!handled.has(event.position), 'handled twice');
          handled.add(event.position);
        }
        return { ...row, position: to, types: { x: null, y: null } };
      });
      const count = 1 + roll(6);
      const row = rowAfter(rows);
      rows = Array.from({ length: count }, () => row);
    }
    const row = rows[0]!;
    for (const event of events) {
      const isLeft = event.position > handledUpTo(row, event.type) && !wasHandled(row.former, event);
      assert.equal(isLeft, !handled.has(event.position), `event ${event.position} of history ${history}`);
    }
  }
});
