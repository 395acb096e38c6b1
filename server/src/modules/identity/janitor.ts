import { createWorker } from '#platform/loop.ts';
import type { PlatformDeps, Worker } from '#platform/module.ts';
import { deleteExpired } from './store/expired.ts';

const EVERY_MS = 60_000;

/** Removes protocol state, revocations and counters that have expired. Any number of processes may run it. */
export function createJanitor({ db, clock, log }: Pick<PlatformDeps, 'db' | 'clock' | 'log'>): Worker {
  return createWorker('identity.janitor', log, async () => {
    await db.tx({ module: 'identity', system: true }, (tx) => deleteExpired(tx, new Date(clock.now())));
    return { ms: EVERY_MS };
  });
}
