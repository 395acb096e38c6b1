import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cache } from '../cache/cache.ts';
import { createCache } from '../cache/create-cache.ts';
import { memoryDriver } from '../cache/memory.ts';
import { createLogger } from '../log.ts';
import { createSharedCounts, sharedKey } from './shared-counts.ts';

const log = createLogger({ level: 'silent' });
const options = { name: 'test', most: 1_000, exchangeMs: 20 };
type Counts = ReturnType<typeof createSharedCounts>;

const opened: Counts[] = [];
after(() => Promise.all(opened.map((counts) => counts.stop())));
function open(cache: Cache, its = options): Counts {
  const counts = createSharedCounts(cache, log, its);
  opened.push(counts);
  return counts;
}

function count({ Store }: Counts, key: string, windowMs = 60_000): number {
  let seen = 0;
  new Store().incr(key, (_error, { current }) => (seen = current), windowMs);
  return seen;
}

test('what a person sends to several processes is counted together within one exchange, and each window begins anew', async () => {
  const cache = createCache(memoryDriver(), log);
  const processes = [0, 1, 2].map(() => open(cache));
  const [a, b, c] = processes as [Counts, Counts, Counts];
  for (let nth = 1; nth <= 10; nth++) {
    assert.equal(count(a, 'maria', 500), nth);
    count(b, 'maria', 500);
  }
  await sleep(120);
  count(c, 'maria', 500);
  await sleep(60);
  for (const one of processes) count(one, 'maria', 500);
  await sleep(60);
  // 24 in all; who told first has not heard of what the others told at the same moment.
  for (const one of processes) assert.ok([23, 24, 25, 26, 27].includes(count(one, 'maria', 500)));
  assert.equal(count(a, 'joao', 500), 1);
  await sleep(500);
  assert.equal(count(a, 'maria', 500), 1);
});

test('while the shared cache is away each process counts for itself, and what it counted is told later', async () => {
  const driver = memoryDriver();
  let isAway = true;
  const increment: typeof driver.increment = async (...args) => {
    if (isAway) throw new Error('connection refused');
    return driver.increment(...args);
  };
  const cache = createCache({ ...driver, increment }, log);
  const [here, there] = [open(cache), open(cache)];
  for (let nth = 1; nth <= 5; nth++) assert.equal(count(here, 'maria'), nth);
  await sleep(60);
  assert.equal(count(here, 'maria'), 6);
  isAway = false;
  count(there, 'maria');
  // The loop backs off after a fault; it has told within some seconds.
  for (let tries = 0; tries < 100 && (await cache.increment(sharedKey('test', 'maria'), 60_000, 0)).count < 7; tries++) await sleep(50);
  assert.equal((await cache.increment(sharedKey('test', 'maria'), 60_000, 0)).count, 7);
});

test('counting for others costs a request next to nothing', async () => {
  const cache = createCache(memoryDriver(), log);
  const shared = open(cache, { ...options, most: 50_000 });
  const store = new shared.Store();
  const from = performance.now();
  for (let nth = 0; nth < 200_000; nth++) store.incr(`person ${nth % 5_000}`, () => undefined, 60_000);
  const perRequest = ((performance.now() - from) * 1_000) / 200_000;
  assert.ok(perRequest < 20, `${perRequest} µs a request`);
  console.log(`${Math.round(perRequest * 100) / 100} µs a request`);
});
