import { type Batcher, createBatcher } from '#platform/batcher.ts';
import { type Clock, countDays } from '#platform/clock.ts';
import { parseDate } from '#platform/dates.ts';
import type { Db } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { type Days, MAX_DAYS } from '../contract.ts';
import { type Day, fillDays, netMinor } from '../domain/daily-balance.ts';
import { refuseCashflow } from '../errors.ts';
import { readAccounts } from '../store.ts';
import { type Backlog, readBacklog, waitingSince } from './backlog.ts';

export type Query = {
  tenantId: string;
  accountId: string;
  from: string;
  to: string;
  /** A total, which nobody opens: where nothing has moved, and nothing waits, it is zero. */
  isTotal?: boolean;
};
export type DaysReader = { read(query: Query): Promise<Days> };

export type ShownDay = Day & { updatedAt: Date };
/** What one question found: days with movement in its range and the last one before it, oldest first; since when a change waits to be among them. */
export type FoundDays = { days: readonly ShownDay[]; waitsSinceMs: number | null };
/** From where days are read. Nothing is joined, nothing is added up. */
export type DaySource = { read(tenantId: string, queries: readonly Omit<Query, 'tenantId'>[]): Promise<FoundDays[]> };

const MAX_QUEUE = 20_000;

/**
 * Reads days. Requests that arrive while others are being read are read together, so that a peak costs a few statements and not
 * three round trips each. The backlog is read first: whatever waited then is reported as pending, though it may be in the figures by now.
 */
export function createDaysReader(deps: { db: Db; clock: Clock; source: DaySource; group: string; types: readonly string[] }): DaysReader {
  const { db, clock, source } = deps;
  const batcher: Batcher<Query, Days> = createBatcher(
    async (queries) => {
      const backlog = await readBacklog(db, deps.group, deps.types);
      const byTenant = Map.groupBy(queries, (query) => query.tenantId);
      const found = new Map<Query, FoundDays>();
      const known = new Set<string>();
      for (const [tenantId, ones] of byTenant) {
        const results = await source.read(tenantId, ones);
        for (const [index, query] of ones.entries()) found.set(query, results[index]!);
        const silent = ones.filter((query) => found.get(query)!.days.length === 0).map((query) => query.accountId);
        for (const accountId of await findKnown(db, tenantId, silent)) known.add(`${tenantId} ${accountId}`);
      }
      return queries.map((query) => {
        const isKnown = found.get(query)!.days.length > 0 || known.has(`${query.tenantId} ${query.accountId}`);
        return answer(query, found.get(query)!, { isKnown, backlog, nowMs: clock.now() });
      });
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

/** Those of accounts without days that have been told of. */
async function findKnown(db: Db, tenantId: string, accountIds: readonly string[]): Promise<Iterable<string>> {
  if (accountIds.length === 0) return [];
  const accounts = await db.tx({ module: 'cashflow', tenants: [tenantId] }, (tx) => readAccounts(tx, tenantId, accountIds));
  return accounts.keys();
}

type Standing = { isKnown: boolean; backlog: Backlog; nowMs: number };

function answer(query: Query, { days: rows, waitsSinceMs }: FoundDays, { isKnown, backlog, nowMs }: Standing): Days {
  const since = earlier(waitingSince(backlog, query.tenantId, query.accountId), waitsSinceMs);
  // An account nobody told us of has no balance of zero: its opening may still be on its way here.
  const pending = since !== null || !(isKnown || query.isTotal);
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

const earlier = (one: number | null, other: number | null): number | null =>
  one === null || other === null ? (one ?? other) : Math.min(one, other);
