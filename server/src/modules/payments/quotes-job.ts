import type { Clock } from '#platform/clock.ts';
import type { Job } from '#platform/jobs/job.ts';
import { deleteExpiredQuotes } from './store/quotes.ts';

const KEEP_MS = 24 * 3_600_000;
const PAGE = 500;

/** Forgets quotes a day after they ended. */
export function quotesJob(clock: Clock): Job {
  return {
    name: 'payments.expired-quotes',
    everyMs: 60_000,
    async run({ db }) {
      const forgotten = await db.tx({ module: 'payments', system: true }, (tx) => deleteExpiredQuotes(tx, clock.now() - KEEP_MS, PAGE));
      return { goOn: forgotten === PAGE };
    },
  };
}
