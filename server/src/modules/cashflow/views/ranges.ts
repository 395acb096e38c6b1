import { plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';

/** A question for days: of one account, both dates included. */
export type DayRange = { accountId: string; from: string; to: string };

/**
 * For each range the rows in it and the last one before it, oldest first: two steps into the key of a table of days, nothing joined and nothing added up.
 *
 * @param columns of the table, which is called `d`
 */
export async function readRanges<Row>(
  tx: Tx,
  tenantId: string,
  ranges: readonly DayRange[],
  { table, columns }: { table: 'cashflow.daily_balances' | 'cashflow.day_documents'; columns: string },
): Promise<Row[][]> {
  const rows = await tx.query<Row & { nth: number }>(
    `select (q.nth - 1)::int as nth, d.*
     from unnest($2::uuid[], $3::date[], $4::date[]) with ordinality q(account_id, since, until, nth) cross join lateral (
       (select ${columns} from ${table} d
        where d.tenant_id = $1 and d.account_id = q.account_id and d.date < q.since order by d.date desc limit 1)
       union all
       (select ${columns} from ${table} d
        where d.tenant_id = $1 and d.account_id = q.account_id and d.date between q.since and q.until)
     ) d order by q.nth, d.date`,
    [
      tenantId,
      plainArray(ranges.map((range) => range.accountId)),
      plainArray(ranges.map((range) => range.from)),
      plainArray(ranges.map((range) => range.to)),
    ],
  );
  const byRange = Map.groupBy(rows, (row) => row.nth);
  return ranges.map((_, nth) => byRange.get(nth) ?? []);
}
