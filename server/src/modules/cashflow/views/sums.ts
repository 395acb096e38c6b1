import type { Static } from 'typebox';
import { type Clock, countDays } from '#platform/clock.ts';
import { parseDate } from '#platform/dates.ts';
import type { Db, Tx } from '#platform/db/db.ts';
import { MAX_SUM_DAYS, type Sums } from '../contract.ts';
import { refuseCashflow } from '../errors.ts';
import { readBacklog } from './backlog.ts';

type Asked = { tenantId: string; accountIds: readonly string[]; from: string; to: string; by: 'day' | 'month' };

/**
 * What came in and went out of many accounts, added up by day or month from their rows a day, however many entries stand behind them. Read from the table: a copy elsewhere
 * knows no sums.
 */
export async function readSums(
  deps: { db: Db; clock: Clock; group: string; types: readonly string[] },
  asked: Asked,
): Promise<Static<typeof Sums>> {
  const { db, clock } = deps;
  const { tenantId, from, to } = asked;
  if (!parseDate(from) || !parseDate(to) || countDays(from, to) < 1 || countDays(from, to) > MAX_SUM_DAYS)
    throw refuseCashflow('CASHFLOW_RANGE_INVALID');
  const [sums, openings] = await db.tx({ module: 'cashflow', tenants: [tenantId], read: true }, (tx) =>
    Promise.all([addUp(tx, asked), readOpenings(tx, asked)]),
  );
  // Read after the figures: what was not in them then is said to wait.
  const { oldestMs, letters } = await readBacklog(db, deps.group, deps.types);
  const own = letters.filter((letter) => letter.tenantId === tenantId && asked.accountIds.some((id) => letter.text.includes(id)));
  const since = Math.min(oldestMs ?? Number.POSITIVE_INFINITY, ...own.map(({ atMs }) => atMs));
  const pending = since !== Number.POSITIVE_INFINITY;
  return { sums, openings, pending, lagMs: pending ? Math.max(0, Math.round(clock.now() - since)) : 0 };
}

async function addUp(tx: Tx, { tenantId, accountIds, from, to, by }: Asked): Promise<Static<typeof Sums>['sums']> {
  const period = by === 'day' ? 'date' : `date_trunc('month', date)::date`;
  const rows = await tx.query<{ accountId: string; from: string; inMinor: bigint; outMinor: bigint }>(
    `select account_id as "accountId", (${period})::text as "from", sum(in_minor) as "inMinor", sum(out_minor) as "outMinor"
     from cashflow.daily_balances where tenant_id = $1 and account_id = any($2::uuid[]) and date between $3 and $4
     group by account_id, ${period} order by account_id, ${period}`,
    [tenantId, accountIds, from, to],
  );
  return rows.map((row) => ({
    accountId: row.accountId,
    period: by === 'day' ? row.from : row.from.slice(0, 7),
    inMinor: row.inMinor.toString(),
    outMinor: row.outMinor.toString(),
  }));
}

/** What each account had before the range begins; none for one that had nothing yet. */
async function readOpenings(tx: Tx, { tenantId, accountIds, from }: Asked): Promise<Static<typeof Sums>['openings']> {
  const rows = await tx.query<{ accountId: string; closing: bigint }>(
    `select a.id as "accountId", d.closing from unnest($2::uuid[]) a(id) cross join lateral (
       select closing from cashflow.daily_balances d where d.tenant_id = $1 and d.account_id = a.id and d.date < $3 order by d.date desc limit 1) d`,
    [tenantId, accountIds, from],
  );
  return rows.map(({ accountId, closing }) => ({ accountId, openingMinor: closing.toString() }));
}
