import type { Db } from '../db/db.ts';
import type { Job } from '../jobs/job.ts';

const MONTHS_AHEAD = 3;
const EVERY_MS = 6 * 3_600_000;

/**
 * Keeps monthly partitions of the log ready ahead of time. Should it not run for months, events go to the default partition and are
 * moved over the next time it does; delivery never depends on it. While a reader holds the default partition (a dump) it fails after a quarter
 * of a second and is tried again, so that nobody waits behind it.
 */
export const logPartitionsJob: Job = {
  name: 'bus.partitions',
  everyMs: EVERY_MS,
  async run({ db, log }) {
    const made = await createLogPartitions(db, MONTHS_AHEAD);
    if (made > 0) log.info({ made }, 'partitions of the log made');
    if (await hasFallen(db)) log.warn('rows in the default partition of the log: months were not made in time');
  },
};

async function hasFallen(db: Db): Promise<boolean> {
  const [row] = await db.tx({ module: 'bus', system: true, single: true }, (tx) =>
    tx.query<{ some: boolean }>('select exists (select from only bus.log_default) as some'),
  );
  return row!.some;
}

/** Answers how many months had no partition yet. */
export async function createLogPartitions(db: Db, monthsAhead: number): Promise<number> {
  return db.tx({ module: 'bus', system: true }, async (tx) => {
    const [row] = await tx.query<{ made: number }>('select bus.create_log_partitions($1) as made', [monthsAhead]);
    return row!.made;
  });
}
