import { addDays, businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Today } from '../contract-reads.ts';
import type { BooksDeps } from '../deps.ts';
import type { ShopBook } from '../shop.ts';
import { countWaiting, sumSold } from '../store/day.ts';
import { findPage, type Search, sumUp } from '../store/entry-search.ts';
import { listPlaces } from '../store/shops.ts';
import type { EntryViews } from './entries.ts';

const RECENT = 8;
const WEEK_DAYS = 7;

type Parts = { shops: ShopBook; views: EntryViews };

/** The day of a shop. */
export function createTodayView(deps: Pick<BooksDeps, 'db' | 'clock' | 'ledger'>, { shops, views }: Parts) {
  const { db, clock, ledger } = deps;

  return {
    async getToday(ctx: CallContext, { accountId }: { accountId: string }): Promise<Today> {
      await shops.allow(ctx, accountId, 'see');
      const { tenantId } = ctx;
      const date = businessDate(clock.now());
      const before = addDays(date, -WEEK_DAYS);
      const all: Search = { accountId, words: [], amountMinor: null, counterpartyHash: null };
      const read = await db.tx({ module: 'books', tenants: [tenantId], read: true }, async (tx) => {
        const [places, sold, waiting, day, recent] = await Promise.all([
          listPlaces(tx, tenantId, accountId),
          sumSold(tx, tenantId, accountId, [date, before]),
          countWaiting(tx, tenantId, accountId),
          sumUp(tx, tenantId, { ...all, from: date, to: date }),
          findPage(tx, tenantId, all, { after: null, limit: RECENT }),
        ]);
        return { places, sold, waiting, day, recent };
      });
      const [today, then] = [date, before].map((one) => read.sold.filter(({ competence }) => competence === one)) as [
        typeof read.sold,
        typeof read.sold,
      ];
      const total = (some: typeof read.sold): bigint => some.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
      const { balances } = await ledger.getBalances(ctx, { accountIds: read.places.map(({ id }) => id) });
      const posted = new Map(balances.map(({ accountId: id, postedMinor }) => [id, BigInt(postedMinor)]));
      // An account that the ledger does not know yet is one to which nothing was ever posted.
      const places = read.places.map(({ id }) => ({ id, balance: posted.get(id) ?? 0n }));
      return {
        date,
        totalMinor: places.reduce((sum, { balance }) => sum + balance, 0n).toString(),
        places: places.map(({ id, balance }) => ({ id, balanceMinor: balance.toString() })),
        soldMinor: total(today).toString(),
        soldCount: today.reduce((sum, { count }) => sum + Number(count), 0),
        soldBeforeMinor: then.length === 0 ? null : total(then).toString(),
        byMethod: today.map(({ method, amountMinor, count }) => ({
          method: method as Today['byMethod'][number]['method'],
          amountMinor: amountMinor.toString(),
          count: Number(count),
        })),
        outMinor: read.day.outMinor.toString(),
        recent: await Promise.all(read.recent.map((entry) => views.show(tenantId, entry))),
        waiting: read.waiting,
      };
    },
  };
}
