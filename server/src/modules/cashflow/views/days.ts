import { type Batcher, createBatcher } from '#platform/batcher.ts';
import { type Clock, countDays } from '#platform/clock.ts';
import { parseDate } from '#platform/dates.ts';
import type { Db, Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { type Days, MAX_DAYS } from '../contract.ts';
import { type Day, fillDays, netMinor } from '../domain/daily-balance.ts';
import { refuseCashflow } from '../errors.ts';
import { readAccounts } from '../store.ts';
import { type Backlog, readBacklog, waitingSince } from './backlog.ts';

export type Query = { tenantId: string; accountId: string; from: string; to: string };
export type DaysReader = { read(query: Query): Promise<Days> };

type Row = Day & { nth: number; updatedAt: Date };
type Found = { rows: Row[]; isKnown: boolean };

const MAX_QUEUE = 20_000;

/**
 * Reads days. Requests that arrive while others are being read are read together, so that a peak costs a few statements and not
 * three round trips each. The figures are read first and the backlog after them: what was not in them then is reported as pending.
 */
export function createDaysReader(deps: { db: Db; clock: Clock; group: string; types: readonly string[] }): DaysReader {
  const { db, clock } = deps;
  const batcher: Batcher<Query, Days> = createBatcher(
    async (queries) => {
      const byTenant = Map.groupBy(queries, (query) => query.tenantId);
      const found = new Map<Query, Found>();
      for (const [tenantId, ones] of byTenant) {
        const results = await db.tx({ module: 'cashflow', tenants: [tenantId] }, (tx) => readTenant(tx, tenantId, ones));
        for (const [index, query] of ones.entries()) found.set(query, results[index]!);
      }
      const backlog = await readBacklog(db, deps.group, deps.types);
      return queries.map((query) => answer(query, found.get(query)!, backlog, clock.now()));
    },
    { maxBatch: 200, maxBacklog: MAX_QUEUE, overloaded: () => refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 1 }) },
  );
  return {
    read(query) {
      checkRange(query.from, query.to);
      return batcher.submit(query);
    },
  };
}

function checkRange(from: string, to: string): void {
  if (!parseDate(from) || !parseDate(to))
    throw refuseCashflow('CASHFLOW_RANGE_INVALID', {
      detail: {
        pt: 'Uma das datas não existe, ou o ano não é de 1900 a 2199.',
        en: 'One of the dates does not exist, or its year is not from 1900 to 2199.',
      },
    });
  const days = countDays(from, to);
  if (days < 1 || days > MAX_DAYS)
    throw refuseCashflow('CASHFLOW_RANGE_INVALID', {
      detail: { pt: `O período pedido tem ${days} dias.`, en: `The period asked for has ${days} days.` },
    });
}

async function readTenant(tx: Tx, tenantId: string, queries: readonly Query[]): Promise<Found[]> {
  const rows = await readRows(tx, tenantId, queries);
  const silent = queries.filter((_, index) => !rows.has(index)).map((query) => query.accountId);
  const accounts = silent.length === 0 ? undefined : await readAccounts(tx, tenantId, silent);
  return queries.map((query, index) => {
    const own = rows.get(index);
    return own ? { rows: own, isKnown: true } : { rows: [], isKnown: accounts!.has(query.accountId) };
  });
}

/** Per query: the days with movement in its range and the last one before it; two steps into one index, no join, nothing added up. */
async function readRows(tx: Tx, tenantId: string, queries: readonly Query[]): Promise<Map<number, Row[]>> {
  const day = `d.date::text, d.opening as "openingMinor", d.in_minor as "inMinor", d.out_minor as "outMinor",
    d.closing as "closingMinor", d.position, d.updated_at as "updatedAt"`;
  const rows = await tx.query<Row>(
    `select (q.nth - 1)::int as nth, d.*
     from unnest($2::uuid[], $3::date[], $4::date[]) with ordinality q(account_id, since, until, nth) cross join lateral (
       (select ${day} from cashflow.daily_balances d
        where d.tenant_id = $1 and d.account_id = q.account_id and d.date < q.since order by d.date desc limit 1)
       union all
       (select ${day} from cashflow.daily_balances d
        where d.tenant_id = $1 and d.account_id = q.account_id and d.date between q.since and q.until)
     ) d order by q.nth, d.date`,
    [tenantId, queries.map((query) => query.accountId), queries.map((query) => query.from), queries.map((query) => query.to)],
  );
  return Map.groupBy(rows, (row) => row.nth);
}

function answer(query: Query, { rows, isKnown }: Found, backlog: Backlog, nowMs: number): Days {
  const since = waitingSince(backlog, query.tenantId, query.accountId);
  // An account nobody told us of has no balance of zero: its opening may still be on its way here.
  const pending = since !== null || !isKnown;
  const last = rows.at(-1);
  const days = last || !pending ? fillDays(rows, query.from, query.to) : [];
  return {
    days: days.map((day) => ({
      date: day.date,
      openingMinor: day.openingMinor.toString(),
      inMinor: day.inMinor.toString(),
      outMinor: day.outMinor.toString(),
      netMinor: netMinor(day).toString(),
      closingMinor: day.closingMinor.toString(),
    })),
    updatedAt: last ? last.updatedAt.toISOString() : null,
    position: (last?.position ?? 0n).toString(),
    lagMs: since === null ? 0 : Math.max(0, Math.round(nowMs - since)),
    pending,
  };
}
