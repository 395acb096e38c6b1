import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { newId } from '../id.ts';
import { createLogger } from '../log.ts';
import { createLocks } from './create-locks.ts';
import type { LockDriver, Locks } from './lock.ts';

/** Drivers of as many processes as a test wants, that see the same locks. */
export type DriversUnderTest = { openProcess(): LockDriver; close(): Promise<void> };

const silent = createLogger({ level: 'silent' });

/** What every driver of locks keeps. */
export function lockContract(name: string, open: () => Promise<DriversUnderTest>): void {
  describe(`locks in ${name}`, () => {
    let drivers: DriversUnderTest;
    let driver: LockDriver;
    let here: Locks;
    let there: Locks;
    before(async () => {
      drivers = await open();
      driver = drivers.openProcess();
      here = createLocks(driver, silent);
      there = createLocks(drivers.openProcess(), silent);
    });
    after(() => drivers?.close());
    const fresh = () => `probe:${newId()}`;

    test('one holds a name; the next has it once it is given back, with a larger token', async () => {
      const at = fresh();
      const first = (await here.tryAcquire(at, 10_000))!;
      assert.equal(await there.tryAcquire(at, 10_000), undefined);
      const elsewhere = (await there.tryAcquire(fresh(), 10_000))!;
      await first.release();
      const second = (await there.tryAcquire(at, 10_000))!;
      assert.ok(second.token > first.token);
      await first.release();
      assert.equal(await here.tryAcquire(at, 10_000), undefined, 'who gives back twice takes nothing from the next');
      await Promise.all([second.release(), elsewhere.release()]);
    });

    test('of forty that want it at once, one at a time has it, each with a larger token', async () => {
      const at = fresh();
      let inside = 0;
      const tokens: bigint[] = [];
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, nth) =>
          (nth % 2 ? here : there).withLock(at, { leaseMs: 10_000, waitMs: 30_000 }, async ({ token }) => {
            assert.equal(++inside, 1);
            tokens.push(token);
            await sleep(2);
            inside--;
          }),
        ),
      );
      assert.equal(outcomes.filter(Boolean).length, 40);
      assert.deepEqual(
        tokens,
        tokens.toSorted((a, b) => (a < b ? -1 : 1)),
      );
      assert.equal(new Set(tokens).size, 40);
    });

    test('a lease is renewed for as long as the work lasts', async () => {
      const at = fresh();
      const done = await here.withLock(at, { leaseMs: 1_500, waitMs: 0 }, async ({ signal }) => {
        await sleep(3_500);
        assert.equal(signal.aborted, false);
        return there.tryAcquire(at, 1_500);
      });
      assert.deepEqual(done, { done: undefined });
      assert.equal(await here.withLock(at, { leaseMs: 300, waitMs: 0 }, async () => 'free'.length).then((outcome) => outcome?.done), 4);
    });

    test('work that throws gives the lock back; who cannot wait goes without', async () => {
      const at = fresh();
      await assert.rejects(
        here.withLock(at, { leaseMs: 10_000, waitMs: 0 }, async () => {
          assert.equal(await there.withLock(at, { leaseMs: 10_000, waitMs: 100 }, async () => 'never'), undefined);
          throw new Error('the work failed');
        }),
        /the work failed/,
      );
      assert.notEqual(await there.withLock(at, { leaseMs: 10_000, waitMs: 0 }, async () => 'now'), undefined);
    });

    test('a holder that cannot renew is told before another has the lock, and its token is the smaller', async () => {
      const at = fresh();
      const dead = async () => {
        throw new Error('connection refused');
      };
      const old = (await createLocks({ ...driver, renew: dead, release: dead }, silent).tryAcquire(at, 400))!;
      let toldAt = 0;
      old.signal.addEventListener('abort', () => {
        toldAt = performance.now();
      });
      const next = await there.withLock(at, { leaseMs: 10_000, waitMs: 10_000 }, async ({ token }) => ({ token, at: performance.now() }));
      assert.ok(toldAt > 0 && toldAt <= next!.done.at, 'told first');
      assert.ok(next!.done.token > old.token);
      await old.release();
    });

    test('a holder that slept through its lease is told that another has the lock, and cannot give it away', async () => {
      const at = fresh();
      const asleep = Promise.withResolvers<void>();
      const renew: LockDriver['renew'] = async (...args) => {
        await asleep.promise;
        return driver.renew(...args);
      };
      const token = (await driver.take(at, 200))!;
      await sleep(250);
      const next = (await there.tryAcquire(at, 10_000))!;
      assert.ok(next.token > token);
      asleep.resolve();
      assert.equal(await renew(at, token, 10_000), false);
      await driver.release(at, token);
      assert.equal(await here.tryAcquire(at, 10_000), undefined);
      const lost = (await createLocks({ ...driver, renew: async () => false }, silent).tryAcquire(fresh(), 300))!;
      await once(lost.signal, 'abort');
      await next.release();
    });
  });
}
