import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Subscription } from './bus.ts';
import { isDueIn, laneOf, lanesOf, nameOf, rowAfter } from './lanes.ts';
import { advance, type CursorRow, newRow, nextLine, standingOf, takeOver } from './standing.ts';

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

const EVENTS = 200;
const subscription = (types: string[], version: number): Subscription => ({
  group: 'g',
  module: 'm',
  types,
  version,
  from: 'beginning',
  handle: async () => undefined,
});
const SUBSCRIPTIONS = [
  subscription(['x'], 1),
  subscription(['x', 'y'], 1),
  subscription(['x', 'y', 'z'], 1),
  subscription(['*'], 2),
  subscription(['y', 'z'], 3),
];

/** A group that works a made-up log through, with any lanes and any subscription in any order, against the definition itself: a set of handled events. */
function liveThrough(seed: number): void {
  let random = seed + 1;
  const roll = (most: number): number => {
    random = (random * 48_271) % 2_147_483_647;
    return random % most;
  };
  const log = Array.from({ length: EVENTS }, (_, nth) => ({ ...keyed(`k${roll(30)}`), type: 'xyz'[roll(3)]!, position: BigInt(nth + 1) }));
  const handled = new Set<bigint>();
  let rows = [newRow(SUBSCRIPTIONS[roll(SUBSCRIPTIONS.length)]!, 0n)];

  /** One step of a lane: the next events of its line, and the row behind them. Answers whether it stood at the end. */
  const step = (nth: number, by: Subscription): boolean => {
    const row = rows[nth]!;
    const line = nextLine(row, by);
    const reach = line.from + BigInt(1 + roll(30));
    const end = [reach, line.upTo ?? reach, BigInt(EVENTS)].reduce((a, b) => (a < b ? a : b));
    for (const event of log.slice(Number(line.from), Number(end))) {
      if (!line.types.includes('*') && !line.types.includes(event.type)) continue;
      if (!isDueIn({ nth, of: rows.length }, row, line, event)) continue;
      assert.ok(!handled.has(event.position), `event ${event.position} is handled twice, seed ${seed}`);
      handled.add(event.position);
    }
    rows[nth] = JSON.parse(JSON.stringify(advance(row, line, end), asText), asBigint);
    return line.from === end && !line.isCatchUp;
  };

  const changes = 2 + roll(6);
  for (let change = 0; change <= changes; change++) {
    const isLast = change === changes;
    const by = isLast ? SUBSCRIPTIONS[3]! : SUBSCRIPTIONS[roll(SUBSCRIPTIONS.length)]!;
    const of = 1 + roll(5);
    // Lanes of the same number are taken one by one, and not all of them may have been when the next change comes.
    if (of === rows.length) rows = rows.map((row) => (isLast || roll(3) > 0 ? takeOver(row, by, BigInt(EVENTS)) : row));
    else rows = Array(of).fill(rowAfter(rows, by, BigInt(EVENTS)));
    for (let nth = 0; nth < rows.length; nth++) {
      const steps = isLast ? Number.POSITIVE_INFINITY : roll(6);
      if (String(rows[nth]!.holderTypes) !== String(by.types)) continue;
      for (let done = 0; done < steps && !step(nth, by); done++);
    }
  }
  assert.equal(handled.size, EVENTS, `events are skipped, seed ${seed}`);
  assert.ok(
    rows.every(({ former }) => former === undefined),
    `at the end nothing is left to remember, seed ${seed}`,
  );
}

const asText = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);
const asBigint = (_: string, value: unknown) => (typeof value === 'string' && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value);

test('whatever lanes and versions a group has, in whatever order, each event is handled once', () => {
  for (let seed = 0; seed < 500; seed++) liveThrough(seed);
});

test('lanes of another number are at once those of whoever opened them, and an older subscription does not take them back', () => {
  const [older, newer] = [SUBSCRIPTIONS[0]!, SUBSCRIPTIONS[4]!];
  const row = rowAfter([newRow(older, 5n), newRow(older, 9n)], newer, 9n);
  assert.deepEqual([row.holderVersion, row.holderTypes, standingOf(row, older)], [newer.version, newer.types, 'yields']);
});

test('lanes that stood further back than their forerunners leave what those had handled behind them, also when they are changed again', () => {
  const by = SUBSCRIPTIONS[0]!;
  const at = (position: bigint, former?: CursorRow['former']): CursorRow => ({
    ...newRow(by, 0n),
    position,
    ...(former ? { former } : {}),
  });
  const first = rowAfter([at(10n), at(90n)], by, 100n);
  const second = rowAfter([at(20n, first.former), at(15n, first.former), at(12n, first.former)], by, 100n);
  const line = nextLine(second, by);
  const later = advance(second, line, 50n);
  const ofFar = keyed(['a', 'b', 'c', 'd'].find((key) => laneOf(keyed(key), 2) === 1)!);
  assert.equal(isDueIn({ nth: 0, of: 1 }, later, nextLine(later, by), { ...ofFar, type: 'x', position: 80n }), false);
  assert.equal(isDueIn({ nth: 0, of: 1 }, later, nextLine(later, by), { ...ofFar, type: 'x', position: 91n }), true);
});
