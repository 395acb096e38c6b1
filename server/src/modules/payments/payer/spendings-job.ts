import { addDays, businessDate, type Clock } from '#platform/clock.ts';
import type { Job } from '#platform/jobs/job.ts';
import { deleteNewDeviceSpendings } from '../store/payer-proofs.ts';

const PAGE = 500;

/** Forgets what left new browsers on days that no limit looks at any more. */
export function newDeviceSpendingsJob(clock: Clock): Job {
  return {
    name: 'payments.old-new-device-spendings',
    everyMs: 3_600_000,
    async run({ db }) {
      const yesterday = addDays(businessDate(clock.now()), -1);
      const removed = await db.tx({ module: 'payments', system: true }, (tx) => deleteNewDeviceSpendings(tx, yesterday, PAGE));
      return { goOn: removed === PAGE };
    },
  };
}
