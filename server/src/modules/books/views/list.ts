import type { CallContext } from '#platform/context.ts';
import { parseDate } from '#platform/dates.ts';
import type { EntryFilter, EntryPage } from '../contract.ts';
import type { BooksDeps } from '../deps.ts';
import { fold } from '../domain/fold.ts';
import { readCursor, readSearch, writeCursor } from '../domain/search.ts';
import { refuseBooks } from '../errors.ts';
import { COUNTERPARTY } from '../record.ts';
import type { ShopBook } from '../shop.ts';
import { findPage, type Search, sumDays, sumUp } from '../store/entry-search.ts';
import type { EntryViews } from './entries.ts';

type Input = EntryFilter & { accountId: string; cursor?: string; limit?: number };
const PAGE = 50;

/** Entries by what people ask, with what they add up to: one filter for both, so that a list and its totals never disagree. */
export function createListView(deps: Pick<BooksDeps, 'db' | 'vault'>, { shops, views }: { shops: ShopBook; views: EntryViews }) {
  const { db, vault } = deps;

  return async (ctx: CallContext, { cursor: written, limit = PAGE, ...filter }: Input): Promise<EntryPage> => {
    const { tenantId } = ctx;
    await shops.allow(ctx, filter.accountId, 'see');
    const after = written === undefined ? null : readCursor(written);
    if (after === undefined) throw refuseBooks('BOOKS_CURSOR_INVALID');
    const { from, to } = filter;
    if ([from, to].some((date) => date !== undefined && !parseDate(date)) || (from && to && from > to))
      throw refuseBooks('BOOKS_RANGE_INVALID');
    const day = filter.by ?? 'date';
    const { words, amountMinor } = readSearch(filter.search ?? '');
    const search: Search = {
      ...filter,
      words,
      amountMinor,
      counterpartyHash: filter.search === undefined ? null : vault.lookupHash(tenantId, COUNTERPARTY, fold(filter.search)),
    };
    const { shown, next, sums, days } = await db.tx({ module: 'books', tenants: [tenantId], read: true }, async (tx) => {
      const rows = await findPage(tx, tenantId, search, { after, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const dates = shown.map((entry) => entry[day]);
      const [first, last] = [dates[0], dates.at(-1)];
      const [sums, days] = await Promise.all([
        after === null ? sumUp(tx, tenantId, search) : null,
        first && last ? sumDays(tx, tenantId, { ...search, from: last, to: first }) : [],
      ]);
      return { shown, next: rows.length > limit ? shown.at(-1) : undefined, sums, days: days.filter(({ date }) => dates.includes(date)) };
    });
    return {
      entries: await Promise.all(shown.map((entry) => views.show(tenantId, entry))),
      days: days.map(({ date, inMinor, outMinor }) => ({ date, inMinor: inMinor.toString(), outMinor: outMinor.toString() })),
      sums: sums && { count: sums.count, inMinor: sums.inMinor.toString(), outMinor: sums.outMinor.toString() },
      next: next ? writeCursor({ day: next[day], recordedAt: next.recordedAt.toISOString(), id: next.id }) : null,
    };
  };
}
