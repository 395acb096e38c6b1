import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from './bus.ts';
import { advance, type CursorRow, isDue, newRow, nextLine, rewound, stampOf, standingOf, takeOver } from './standing.ts';

const subscription = (types: string[], more: Partial<Subscription> = {}): Subscription => ({
  group: 'g',
  module: 'm',
  types,
  from: 'beginning',
  handle: async () => undefined,
  ...more,
});
const row = (position: bigint, types: CursorRow['types'], holderTypes: string[] | null, holderVersion: number | null = 1): CursorRow => ({
  position,
  types,
  holderTypes,
  holderVersion,
});
const [older, newer] = [subscription(['a']), subscription(['a', 'b'])];

/** What a subscription handles of a log when it is alone at work until it has nothing left to do: positions, in order. */
function work(start: CursorRow, by: Subscription, log: readonly string[]): { row: CursorRow; handled: bigint[] } {
  let now = start;
  const handled: bigint[] = [];
  for (let turn = 0; turn < 100; turn++) {
    const line = nextLine(now, by);
    const events = log.map((type, nth) => ({ type, position: BigInt(nth + 1) })).filter(({ position }) => position > line.from);
    const end = line.upTo ?? BigInt(log.length);
    const wanted = events.filter((event) => line.types.includes('*') || line.types.includes(event.type));
    handled.push(...wanted.filter((event) => isDue(now, line, event)).map(({ position }) => position));
    if (!line.isCatchUp && end === line.from) return { row: now, handled };
    now = advance(now, line, end);
  }
  throw new Error('it never comes to an end');
}

test('the newest subscription moves the cursor: by version, and among equals by the types it wants', () => {
  const at = (holderTypes: string[], holderVersion = 1) => row(5n, {}, holderTypes, holderVersion);
  assert.equal(standingOf(row(0n, {}, null, null), older), 'takes');
  assert.equal(standingOf(at(['a']), older), 'holds');
  assert.equal(standingOf(at(['b', 'a']), newer), 'holds', 'in any order');
  assert.equal(standingOf(at(['a']), newer), 'takes');
  assert.equal(standingOf(at(['a', 'b']), older), 'yields');
  assert.equal(standingOf(at(['a', 'b']), subscription(['*'])), 'takes');
  assert.equal(standingOf(at(['*']), newer), 'yields');
  assert.equal(standingOf(at(['a', 'b']), subscription(['c'], { version: 2 })), 'takes');
  assert.equal(standingOf(at(['c'], 2), newer), 'yields');
  assert.throws(() => standingOf(at(['a', 'b']), subscription(['a', 'c'])), /needs a higher version/);
});

test('a new group begins where it says, type by type', () => {
  assert.equal(newRow(subscription(['a', 'b'], { from: 'beginning' }), 9n).position, 0n);
  assert.deepEqual(newRow(subscription(['a', 'b'], { from: 'now' }), 9n), row(9n, { a: null, b: null }, ['a', 'b']));
  const mixed = newRow(subscription(['a', 'b'], { from: { b: 'now' } }), 4n);
  assert.deepEqual(work(mixed, subscription(['a', 'b']), ['a', 'b', 'b', 'a', 'b', 'a']).handled, [1n, 4n, 5n, 6n]);
});

test('a row from before these columns goes on where it stands', () => {
  const taken = takeOver(row(3n, {}, null, null), newer, 5n);
  assert.deepEqual(work(taken, newer, ['a', 'b', 'a', 'a', 'b']).handled, [4n, 5n]);
});

test('a type that is added is caught up from the beginning, or from now, and before anything newer', () => {
  const log = ['a', 'b', 'a', 'b', 'a', 'b'];
  const passed = row(4n, { a: null }, ['a']);
  assert.deepEqual(work(takeOver(passed, newer, 5n), newer, log).handled, [2n, 4n, 5n, 6n]);
  assert.deepEqual(work(takeOver(passed, subscription(['a', 'b'], { from: { b: 'now' } }), 5n), newer, log).handled, [5n, 6n]);
});

test('whatever the order of versions, each event of each type is handled once', () => {
  const log = ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c', 'a', 'b', 'c'];
  const all = [
    subscription(['a']),
    subscription(['a', 'b']),
    subscription(['a', 'b', 'c']),
    subscription(['*'], { version: 2 }),
    subscription(['a', 'c'], { version: 3 }),
    subscription(['c'], { version: 4 }),
  ];
  for (let seed = 0; seed < 400; seed++) {
    let random = seed + 1;
    const pick = (below: number): number => {
      random = (random * 48_271) % 2_147_483_647;
      return random % below;
    };
    let now = newRow(all[pick(all.length)]!, 0n);
    const seen: bigint[] = [];
    for (let length = 1; length <= log.length; length += 1 + pick(3)) {
      const by = all[pick(all.length)]!;
      const done = work(takeOver(now, by, BigInt(length)), by, log.slice(0, length));
      now = done.row;
      seen.push(...done.handled);
    }
    const last = all[3]!;
    seen.push(...work(takeOver(now, last, 12n), last, log).handled);
    assert.deepEqual(
      seen.toSorted((a, b) => Number(a - b)),
      log.map((_, nth) => BigInt(nth + 1)),
      `seed ${seed}`,
    );
  }
});

test('a rewind lets all that is wanted come again, and leaves behind what was left behind further back', () => {
  const again = rewound(row(6n, { a: null, b: '2', c: '5' }, ['a']), 3n);
  assert.deepEqual(again, row(3n, { a: null, b: '2', c: '3' }, ['a']));
});

test('the stamp tells rows apart by position, by marks and by what former lanes had handled', () => {
  const plain = row(1n, { a: null }, ['a']);
  const changed = { ...plain, former: [[{ position: '5', types: { a: null } }]] };
  const rows = [plain, changed, row(2n, { a: null }, ['a']), row(1n, { a: '0' }, ['a']), row(1n, { b: null }, ['a'])];
  assert.equal(new Set(rows.map(stampOf)).size, rows.length);
  assert.equal(stampOf(row(1n, { a: null, b: '0' }, [])), stampOf(row(1n, { b: '0', a: null }, [])));
});
