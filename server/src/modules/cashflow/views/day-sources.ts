import type { Clock } from '#platform/clock.ts';
import { plainArray } from '#platform/db/arrays.ts';
import type { Db } from '#platform/db/db.ts';
import type { Logger } from '#platform/log.ts';
import { NOBODY, readStoreInUse, waitingCopies } from '../read-store/marks.ts';
import type { ReadStore } from '../read-store/port.ts';
import type { DaySource, FoundDays, ShownDay } from './days.ts';

/** The table itself: two steps into one index a question. */
export function tableSource(db: Db): DaySource {
  const day = `d.date::text, d.opening as "openingMinor", d.in_minor as "inMinor", d.out_minor as "outMinor",
    d.closing as "closingMinor", d.position, d.updated_at as "updatedAt"`;
  return {
    async read(tenantId, queries) {
      const rows = await db.tx({ module: 'cashflow', tenants: [tenantId] }, (tx) =>
        tx.query<ShownDay & { nth: number }>(
          `select (q.nth - 1)::int as nth, d.*
           from unnest($2::uuid[], $3::date[], $4::date[]) with ordinality q(account_id, since, until, nth) cross join lateral (
             (select ${day} from cashflow.daily_balances d
              where d.tenant_id = $1 and d.account_id = q.account_id and d.date < q.since order by d.date desc limit 1)
             union all
             (select ${day} from cashflow.daily_balances d
              where d.tenant_id = $1 and d.account_id = q.account_id and d.date between q.since and q.until)
           ) d order by q.nth, d.date`,
          [
            tenantId,
            plainArray(queries.map((query) => query.accountId)),
            plainArray(queries.map((query) => query.from)),
            plainArray(queries.map((query) => query.to)),
          ],
        ),
      );
      const byQuery = Map.groupBy(rows, (row) => row.nth);
      return queries.map((_, nth): FoundDays => ({ days: byQuery.get(nth) ?? [], waitsSinceMs: null }));
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
