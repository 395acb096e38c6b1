import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Db } from '../db/db.ts';
import { SharedReader } from './shared-reader.ts';

const TENANT = '01890000-0000-7000-8000-000000000001';
/** A log in memory: one event a publication, its type `even` or `odd` by its position. */
function madeUpLog() {
  let head = 0;
  let reads = 0;
  let gate: Promise<void> | undefined;
  const typeOf = (position: number) => (position % 2 ? 'odd' : 'even');
  const query = async (_sql: string, [after, types, limit]: [bigint, string[] | null, number]) => {
    reads++;
    const seen = head;
    await gate;
    const rows = [];
    for (let at = Number(after) + 1; at <= seen && rows.length < limit; at++) {
      if (types && !types.includes(typeOf(at))) continue;
      const body = JSON.stringify([[`${TENANT}`, typeOf(at), 'k', null, 'system', 'x', '', null, { n: at }]]);
      rows.push({ head: BigInt(seen), first: BigInt(at), last: BigInt(at), recordedAt: `t${at}`, source: '/x', tenantId: TENANT, body });
    }
    return rows.length > 0 ? rows : [{ head: BigInt(seen), last: null }];
  };
  const db = { tx: (_scope: unknown, work: (tx: unknown) => unknown) => work({ query }) } as unknown as Db;
  return {
    db,
    add: (count: number) => {
      head += count;
    },
    reads: () => reads,
    hold: () => {
      const held = Promise.withResolvers<void>();
      gate = held.promise;
      return () => {
        gate = undefined;
        held.resolve();
      };
    },
  };
}
const numbers = (page: { events: { data: unknown }[] }) => page.events.map(({ data }) => (data as { n: number }).n);

test('readers at the end share what one of them reads, each given its own types', async () => {
  const log = madeUpLog();
  const reader = new SharedReader(log.db);
  for (const types of [['odd'], ['even'], ['odd', 'even']]) reader.want(types);
  await reader.read({ after: 0n, types: ['odd'], limit: 100 });
  log.add(6);
  reader.noticed(6n);
  const before = log.reads();
  const asked = (types: string[], limit = 100) => reader.read({ after: 0n, types, limit });
  const pages = await Promise.all([asked(['odd']), asked(['even']), asked(['odd', 'even']), asked(['odd'], 2), asked(['even'])]);
  assert.deepEqual(pages.map(numbers), [
    [1, 3, 5],
    [2, 4, 6],
    [1, 2, 3, 4, 5, 6],
    [1, 3],
    [2, 4, 6],
  ]);
  assert.deepEqual(
    pages.map(({ end }) => end),
    [6n, 6n, 6n, 3n, 6n],
  );
  assert.equal(log.reads() - before, 1);
  log.add(1);
  reader.noticed();
  assert.deepEqual(numbers(await reader.read({ after: 6n, types: ['odd'], limit: 9 })), [7], 'something may have been missed: it looks');
});

test('a reader never makes do with a look that began before it asked', async () => {
  const log = madeUpLog();
  const reader = new SharedReader(log.db);
  reader.want(['odd', 'even']);
  await reader.read({ after: 0n, types: ['odd'], limit: 100 });
  const release = log.hold();
  const early = reader.read({ after: 0n, types: ['odd'], limit: 100 });
  await new Promise((resolve) => setImmediate(resolve));
  log.add(1);
  reader.noticed(1n);
  const late = reader.read({ after: 0n, types: ['odd'], limit: 100 });
  release();
  assert.deepEqual(numbers(await early), []);
  assert.deepEqual(numbers(await late), [1]);
});

test('whoever is behind, asks for less than there is, or comes later with other types misses nothing', async () => {
  const log = madeUpLog();
  const reader = new SharedReader(log.db);
  const unwant = reader.want(['odd']);
  await reader.read({ after: 0n, types: ['odd'], limit: 100 });
  for (let round = 0; round < 20; round++) {
    log.add(500);
    reader.noticed(BigInt((round + 1) * 500));
    await reader.read({ after: BigInt(round * 500), types: ['odd'], limit: 1_000 });
  }
  const all: number[] = [];
  for (let after = 0n; ; ) {
    const page = await reader.read({ after, types: ['odd'], limit: 70 });
    all.push(...numbers(page));
    if (page.end === page.head) break;
    after = page.end;
  }
  assert.deepEqual(
    all,
    Array.from({ length: 5_000 }, (_, nth) => 2 * nth + 1),
  );
  reader.want(['even']);
  log.add(2);
  reader.noticed(10_002n);
  assert.deepEqual(numbers(await reader.read({ after: 10_000n, types: ['even'], limit: 10 })), [10_002]);
  assert.deepEqual(numbers(await reader.read({ after: 9_990n, types: ['even'], limit: 3 })), [9_992, 9_994, 9_996]);
  unwant();
});
