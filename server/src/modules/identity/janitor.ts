import type { Clock } from '#platform/clock.ts';
import type { Job } from '#platform/jobs/job.ts';
import { deleteExpired } from './store/expired.ts';

const EVERY_MS = 60_000;

/** Removes protocol state, revocations and counters that have expired. */
export function expiryJob(clock: Clock): Job {
  return {
    name: 'identity.expired',
    everyMs: EVERY_MS,
    run: ({ db }) => db.tx({ module: 'identity', system: true }, async (tx) => ({ goOn: await deleteExpired(tx, new Date(clock.now())) })),
  };
}
