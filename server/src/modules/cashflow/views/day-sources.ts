import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import type { Logger } from '#platform/log.ts';
import { NOBODY, readStoreInUse, waitingCopies } from '../read-store/marks.ts';
import type { ReadStore } from '../read-store/port.ts';
import type { DaySource, FoundDays, ShownDay } from './days.ts';
import { readRanges } from './ranges.ts';

const COLUMNS = `d.date::text, d.opening as "openingMinor", d.in_minor as "inMinor", d.out_minor as "outMinor",
  d.closing as "closingMinor", d.position, d.updated_at as "updatedAt"`;

/** The table itself: two steps into one index a question. */
export function tableSource(db: Db): DaySource {
  return {
    async read(tenantId, queries) {
      const found = await db.tx({ module: 'cashflow', tenants: [tenantId] }, (tx) =>
        readRanges<ShownDay>(tx, tenantId, queries, { table: 'cashflow.daily_balances', columns: COLUMNS }),
      );
      return found.map((days): FoundDays => ({ days, waitsSinceMs: null }));
    },
  };
}

/** How long a store that failed, or is not filled yet, is left alone. */
const LEFT_ALONE_MS = 5_000;

/**
 * The store of documents, as soon as it is filled. What waits to be copied is read before it, so that figures that may be old are said to be. While the store is
 * away, the table answers: it costs more, and says the same.
 */
export function storeSource(parts: { db: Db; log: Logger; clock: Clock; store: ReadStore; table: DaySource }): DaySource {
  const { db, log, clock, store, table } = parts;
  let isFilled = false;
  let aloneUntil = 0;
  const isReadable = async (): Promise<boolean> => {
    if (isFilled) return true;
    isFilled = (await store.filling()) === 'filled';
    if (!isFilled) aloneUntil = clock.now() + LEFT_ALONE_MS;
    return isFilled;
  };
  return {
    async read(tenantId, queries) {
      if (clock.now() < aloneUntil) return table.read(tenantId, queries);
      try {
        if (!(await isReadable())) return table.read(tenantId, queries);
        const accountIds = queries.map((query) => query.accountId);
        const { inUse, waiting } = await db.tx({ module: 'cashflow', tenants: [tenantId, NOBODY] }, async (tx) => ({
          inUse: await readStoreInUse(tx),
          waiting: await waitingCopies(tx, tenantId, accountIds),
        }));
        // The marks are another store's: this one is not kept in step.
        if (inUse !== store.name) {
          isFilled = false;
          return table.read(tenantId, queries);
        }
        const found = await store.read(tenantId, queries);
        return queries.map((query, nth) => ({ days: found[nth]!, waitsSinceMs: waiting.get(query.accountId) ?? null }));
      } catch (error) {
        aloneUntil = clock.now() + LEFT_ALONE_MS;
        log.warn({ store: store.name, err: (error as Error).message }, 'the read store does not answer: days are read from the table');
        return table.read(tenantId, queries);
      }
    },
  };
}
