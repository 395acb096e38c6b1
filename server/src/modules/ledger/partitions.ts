import type { Db } from '#platform/db/db.ts';

/** Months kept ready, this one included. */
const MONTHS = 3;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Makes the monthly partitions that will be needed; answers when to look again. Rows of a month that is missing go to the default partition. */
export async function preparePartitions(db: Db, nowMs: number): Promise<number> {
  const today = new Date(nowMs).toISOString().slice(0, 10);
  await db.tx({ module: 'ledger', system: true }, (tx) => tx.query('select ledger.make_partitions($1::date, $2)', [today, MONTHS]));
  return DAY_MS;
}
