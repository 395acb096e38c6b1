import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../id.ts';
import { createLogger } from '../log.ts';
import type { Cache } from './cache.ts';
import { createCache } from './create-cache.ts';
import type { CacheDriver } from './driver.ts';

/** Drivers of as many processes as a test wants; `isShared` when they see the same copies. */
export type DriversUnderTest = { openProcess(): CacheDriver; isShared: boolean; close(): Promise<void> };

const silent = createLogger({ level: 'silent' });

/** What every driver of the cache keeps. */
export function cacheContract(name: string, open: () => Promise<DriversUnderTest>): void {
  describe(`the cache in ${name}`, () => {
    let drivers: DriversUnderTest;
    let driver: CacheDriver;
    let cache: Cache;
    /** Another process where there can be one, else the same. */
    let other: Cache;
    before(async () => {
      drivers = await open();
      driver = drivers.openProcess();
      cache = createCache(driver, silent);
      other = drivers.isShared ? createCache(drivers.openProcess(), silent) : createCache(driver, silent);
    });
    after(() => drivers?.close());
    const key = () => `probe:${newId()}`;

    test('what is set is had again, as a copy, until its time is over or it is deleted', async () => {
      const at = key();
      const value = { name: 'x', list: [1, null, 'ç🎉'] };
      await cache.set(at, value, { ttlMs: 60_000 });
      assert.deepEqual(await other.get(at), value);
      (await cache.get<typeof value>(at))!.list.push(4);
      assert.deepEqual(await cache.get(at), value);
      await other.delete(at);
      assert.equal(await cache.get(at), undefined);
      await cache.set(at, false, { ttlMs: 150 });
      assert.equal(await other.get(at), false);
      await sleep(200);
      assert.equal(await other.get(at), undefined);
      await cache.set(at, 1, { ttlMs: 60_000 });
      await other.set(at, 2, { ttlMs: 60_000 });
      assert.equal(await cache.get(at), 2);
    });

    test('a tag voids what has it, and nothing else', async () => {
      const [a, b, c, x, y] = [key(), key(), key(), key(), key()];
      await cache.set(a, 'a', { ttlMs: 60_000, tags: [x] });
      await cache.set(b, 'b', { ttlMs: 60_000, tags: [x, y] });
      await cache.set(c, 'c', { ttlMs: 60_000, tags: [y] });
      await other.invalidate(x);
      assert.deepEqual([await cache.get(a), await cache.get(b), await cache.get(c)], [undefined, undefined, 'c']);
      await cache.set(a, 'again', { ttlMs: 60_000, tags: [x] });
      assert.equal(await other.get(a), 'again');
      await cache.invalidate(y);
      assert.deepEqual([await other.get(a), await other.get(c)], ['again', undefined]);
    });

    test('a hundred that ask for the same at once cost one load', async () => {
      const at = key();
      let loads = 0;
      const load = async () => {
        await sleep(60);
        return ++loads;
      };
      const asked = Array.from({ length: 100 }, (_, nth) => (nth % 2 ? cache : other).remember(at, { ttlMs: 60_000 }, load));
      assert.deepEqual(new Set(await Promise.all(asked)), new Set([1]));
      assert.equal(await other.remember(at, { ttlMs: 60_000 }, load), 1);
      assert.equal(loads, 1);
    });

    test('"there is none" is remembered for as long as it is told, and not at all unless', async () => {
      const [at, unkept] = [key(), key()];
      let loads = 0;
      const none = async () => void loads++;
      await cache.remember(at, { ttlMs: 60_000, missTtlMs: 150 }, none);
      assert.equal(await other.remember(at, { ttlMs: 60_000, missTtlMs: 150 }, none), undefined);
      assert.equal(await cache.get(at), undefined);
      assert.equal(loads, 1);
      await sleep(200);
      await other.remember(at, { ttlMs: 60_000, missTtlMs: 150 }, none);
      assert.equal(loads, 2);
      await cache.remember(unkept, { ttlMs: 60_000 }, none);
      await cache.remember(unkept, { ttlMs: 60_000 }, none);
      assert.equal(loads, 4);
    });

    test('a load that fails is told to all that wait here, is not kept, and holds nobody up', async () => {
      const at = key();
      let loads = 0;
      const fails = async () => {
        loads++;
        await sleep(20);
        throw new Error('no answer');
      };
      const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => cache.remember(at, { ttlMs: 60_000 }, fails)));
      assert.deepEqual(
        outcomes.map(({ status }) => status),
        Array(5).fill('rejected'),
      );
      assert.equal(loads, 1);
      const from = performance.now();
      assert.equal(await other.remember(at, { ttlMs: 60_000 }, async () => 'fine'), 'fine');
      assert.ok(performance.now() - from < 2_000);
    });

    for (const [what, voids] of [
      ['its key is deleted', (at: string, _tag: string) => other.delete(at)],
      ['its tag is invalidated', (_at: string, tag: string) => other.invalidate(tag)],
    ] as const) {
      test(`what was loaded while ${what} is not kept`, async () => {
        const [at, tag] = [key(), key()];
        let release = () => {};
        const held = new Promise<void>((resolve) => {
          release = resolve;
        });
        const options = { ttlMs: 60_000, tags: [tag] };
        const begun = Promise.withResolvers<void>();
        const old = cache.remember(at, options, async () => {
          begun.resolve();
          await held;
          return 'old';
        });
        await begun.promise;
        await voids(at, tag);
        release();
        assert.equal(await old, 'old', 'who asked before gets what there was');
        assert.equal(await other.get(at), undefined);
        assert.equal(await cache.remember(at, options, async () => 'new'), 'new');
      });
    }

    test('a load whose process died is taken over when its lease has run out', async () => {
      const at = key();
      assert.notEqual(await driver.take(at, newId(), 300), undefined);
      assert.equal(await driver.take(at, newId(), 300), undefined);
      const from = performance.now();
      assert.equal(await other.remember(at, { ttlMs: 60_000, leaseMs: 5_000 }, async () => 'mine'), 'mine');
      const tookMs = performance.now() - from;
      assert.ok(tookMs > 200 && tookMs < 3_000, `${tookMs} ms`);
      assert.equal(await cache.get(at), 'mine');
    });

    test('counts add up over a window, from wherever they come, and begin again after it', async () => {
      const at = key();
      const counted = await Promise.all(Array.from({ length: 50 }, (_, nth) => (nth % 2 ? cache : other).increment(at, 400)));
      assert.deepEqual(
        counted.map(({ count }) => count).sort((a, b) => a - b),
        Array.from({ length: 50 }, (_, nth) => nth + 1),
      );
      const { count, endsInMs } = await cache.increment(at, 400, 10);
      assert.equal(count, 60);
      assert.ok(endsInMs > 0 && endsInMs <= 400);
      await sleep(450);
      assert.equal((await other.increment(at, 400)).count, 1);
      const [x, y] = [key(), key()];
      const many = await cache.incrementAll(
        [
          { key: y, by: 2 },
          { key: x, by: 3 },
        ],
        60_000,
      );
      assert.deepEqual(
        many.map(({ count: one }) => one),
        [2, 3],
      );
    });

    test('a sweep takes away what has ended and leaves the rest', async () => {
      await driver.sweep();
      const [over, kept] = [key(), key()];
      await cache.set(over, 1, { ttlMs: 30 });
      await cache.set(kept, 1, { ttlMs: 60_000 });
      await cache.increment(key(), 30);
      await driver.take(key(), newId(), 30);
      await sleep(60);
      assert.equal(await driver.sweep(), 3);
      assert.equal(await driver.sweep(), 0);
      assert.equal(await cache.get(kept), 1);
    });

    test('keys, times and values outside the limits are refused', async () => {
      await assert.rejects(cache.set('', 1, { ttlMs: 1 }));
      await assert.rejects(cache.set('x'.repeat(401), 1, { ttlMs: 1 }));
      await assert.rejects(cache.set(key(), 1, { ttlMs: 86_400_001 }));
      await assert.rejects(cache.set(key(), 1, { ttlMs: 0 }));
      await assert.rejects(cache.set(key(), 'x'.repeat(1_000_001), { ttlMs: 1 }));
      await assert.rejects(cache.set(key(), 1n, { ttlMs: 1 }), TypeError);
    });
  });
}
