import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createLogger } from '../log.ts';
import { cacheContract } from './contract-test.ts';
import { createCache } from './create-cache.ts';
import { memoryDriver } from './memory.ts';

const silent = createLogger({ level: 'silent' });

cacheContract('memory', async () => {
  const driver = memoryDriver();
  return { openProcess: () => driver, isShared: false, close: async () => undefined };
});

test('memory is bounded: what was not asked for longest goes first, and the heap grows by no more than is said', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const mostBytes = 16 * 1024 * 1024;
  const driver = memoryDriver({ mostBytes });
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let nth = 0; nth < 60_000; nth++) {
    await driver.set(`probe:bounded:${nth}`, {
      text: JSON.stringify({ nth, some: 'x'.repeat(100) }),
      ttlMs: 60_000,
      tags: [`t:${nth % 100}`],
    });
    if (nth % 1_000 === 0) await driver.get('probe:bounded:0');
  }
  collect();
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(driver.bytes() <= mostBytes && driver.bytes() > mostBytes * 0.9, `${driver.bytes()} bytes`);
  assert.ok(grown < mostBytes, `the heap grew by ${grown} bytes`);
  assert.notEqual(await driver.get('probe:bounded:0'), undefined, 'asked for again and again');
  assert.equal(await driver.get('probe:bounded:1'), undefined);
  assert.notEqual(await driver.get('probe:bounded:59999'), undefined);
});

test('more tags than are kept in mind void too much, and never too little', async () => {
  const driver = memoryDriver();
  await driver.set('old', { text: '1', ttlMs: 60_000, tags: ['first'] });
  await driver.set('plain', { text: '1', ttlMs: 60_000, tags: [] });
  await driver.invalidate('first');
  for (let nth = 0; nth < 10_001; nth++) await driver.invalidate(`tag ${nth}`);
  assert.equal(await driver.get('old'), undefined);
  assert.equal(await driver.get('plain'), '1');
});

test('a cache that is away has nothing, loads, and does not pretend to have counted or voided', async () => {
  const away = async () => {
    throw new Error('connection refused');
  };
  const cache = createCache(
    { get: away, set: away, delete: away, invalidate: away, take: away, fill: away, increment: away, sweep: away },
    silent,
  );
  assert.equal(await cache.get('probe:x'), undefined);
  await cache.set('probe:x', 1, { ttlMs: 1 });
  assert.equal(await cache.remember('probe:x', { ttlMs: 1 }, async () => 'loaded'), 'loaded');
  for (const told of [cache.delete('probe:x'), cache.invalidate('probe:x'), cache.increment('probe:x', 1)])
    await assert.rejects(told, /refused/);
});
