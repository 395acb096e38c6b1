import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Held, LockDriver, Locks } from './lock.ts';

const LONGEST_NAME = 200;
/** A lease outlives two renewals that fail. */
const RENEWALS = 3;
const LOOK_MS = 50;

/** The locks over a driver: renews what is held, and says when it may be lost. */
export function createLocks(driver: LockDriver, log: Logger): Locks {
  const tryAcquire = async (name: string, leaseMs: number): Promise<Held | undefined> => {
    assert(name.length > 0 && name.length <= LONGEST_NAME, `a lock's name has 1 to ${LONGEST_NAME} characters, not ${name.length}`);
    // From before the call: the lease may have begun as soon as it was sent.
    const askedAt = performance.now();
    const token = await driver.take(name, leaseMs);
    return token === undefined ? undefined : hold(driver, log, { name, token, leaseMs, askedAt });
  };

  return {
    tryAcquire,
    async withLock(name, { leaseMs, waitMs }, work) {
      const until = performance.now() + waitMs;
      for (;;) {
        const held = await tryAcquire(name, leaseMs);
        if (held) {
          try {
            return { done: await work(held) };
          } finally {
            await held.release();
          }
        }
        const leftMs = until - performance.now();
        if (leftMs <= 0) return undefined;
        await sleep(Math.min(leftMs, LOOK_MS * (0.5 + Math.random())));
      }
    },
  };
}

type Taken = { name: string; token: bigint; leaseMs: number; askedAt: number };

function hold(driver: LockDriver, log: Logger, { name, token, leaseMs, askedAt }: Taken): Held {
  const lost = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let deadline: NodeJS.Timeout | undefined;
  const end = (): void => {
    clearTimeout(timer);
    clearTimeout(deadline);
  };
  const lose = (why: string): void => {
    end();
    if (lost.signal.aborted) return;
    log.warn({ lock: name, why }, 'a lock was lost');
    lost.abort(new Error(`the lock ${name} was lost: ${why}`));
  };
  const isHeldSince = (ms: number): void => {
    clearTimeout(deadline);
    deadline = setTimeout(() => lose('it could not be renewed'), Math.max(0, ms + leaseMs - performance.now()));
    timer = setTimeout(() => void renew(), leaseMs / RENEWALS);
  };
  let isOver = false;
  const renew = async (): Promise<void> => {
    const at = performance.now();
    const outcome = await driver.renew(name, token, leaseMs).catch(() => undefined);
    if (isOver || lost.signal.aborted) return;
    if (outcome === undefined) timer = setTimeout(() => void renew(), leaseMs / RENEWALS / 2);
    else if (outcome) isHeldSince(at);
    else lose('another took it');
  };
  isHeldSince(askedAt);
  return {
    token,
    signal: lost.signal,
    async release() {
      isOver = true;
      end();
      // Should it fail, the lease ends by itself.
      await driver.release(name, token).catch((error: Error) => log.warn({ lock: name, err: error.message }, 'a lock was not given back'));
    },
  };
}
