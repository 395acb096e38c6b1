import type { Db } from '#platform/db/db.ts';
import type { Logger } from '#platform/log.ts';

/** Months kept ready, this one included. */
const MONTHS = 3;
const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Makes the monthly partitions that will be needed; answers when to look again. Rows of a month that is missing go to the default partition, and
 * stay there. Fails after a quarter of a second when a reader (a dump) holds the tables: waiting would keep transfers waiting, too.
 */
export async function preparePartitions(db: Db, nowMs: number, log?: Logger): Promise<number> {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  const scope = { module: 'ledger', system: true } as const;
  await db.tx(scope, (tx) => tx.query('select ledger.make_partitions($1::date, $2)', [today, MONTHS]));
  const fallen = await db.tx({ ...scope, single: true }, (tx) =>
    tx.query<{ name: string }>('select name from ledger.filled_default_partitions() as filled (name)'),
  );
  if (fallen.length > 0) log?.warn({ tables: fallen.map(({ name }) => name) }, 'rows in default partitions: months were not made in time');
  return DAY_MS;
}
