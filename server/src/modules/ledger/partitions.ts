import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import type { Job } from '#platform/jobs/job.ts';
import type { Logger } from '#platform/log.ts';

/** Months kept ready, this one included. */
const MONTHS = 3;
const EVERY_MS = 6 * 3_600_000;

/**
 * Makes the monthly partitions that will be needed. Rows of a month that is missing go to the default partition, and
 * stay there. Fails after a quarter of a second when a reader (a dump) holds the tables: waiting would keep transfers waiting, too.
 */
export async function preparePartitions(db: Db, nowMs: number, log?: Logger): Promise<void> {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const scope = { module: 'ledger', system: true } as const;
  await db.tx(scope, (tx) => tx.query('select ledger.make_partitions($1::date, $2)', [today, MONTHS]));
  const fallen = await db.tx({ ...scope, single: true }, (tx) =>
    tx.query<{ name: string }>('select name from ledger.filled_default_partitions() as filled (name)'),
  );
  if (fallen.length > 0) log?.warn({ tables: fallen.map(({ name }) => name) }, 'rows in default partitions: months were not made in time');
}

export function partitionsJob(clock: Clock): Job {
  return { name: 'ledger.partitions', everyMs: EVERY_MS, run: ({ db, log }) => preparePartitions(db, clock.now(), log) };
}
