import { addDays, businessDate, type Clock } from '#platform/clock.ts';
import type { Job } from '#platform/jobs/job.ts';
import { deleteSpendingsBefore } from './store/spendings.ts';

const PAGE = 500;

/** Forgets what was spent on days that no limit looks at any more. */
export function spendingsJob(clock: Clock): Job {
  return {
    name: 'accounts.old-spendings',
    everyMs: 3_600_000,
    async run({ db }) {
      const yesterday = addDays(businessDate(clock.now()), -1);
      const removed = await db.tx({ module: 'accounts', system: true }, (tx) => deleteSpendingsBefore(tx, yesterday, PAGE));
      return { goOn: removed === PAGE };
    },
  };
}
