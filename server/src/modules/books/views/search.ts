import { addDays, businessDate } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { isUuid } from '#platform/id.ts';
import type { EntryPage, EntryQuery, Today } from '../contract-reads.ts';
import type { BooksDeps } from '../deps.ts';
import { fold } from '../domain/fold.ts';
import { COUNTERPARTY } from '../record.ts';
import type { ShopBook } from '../shop.ts';
import { type After, countWaiting, type Filter, searchEntries, sumDays, sumEntries, sumSold } from '../store/search.ts';
import { listPlaces } from '../store/shops.ts';
import type { EntryViews } from './entries.ts';

const USUAL_LIMIT = 50;
const RECENT = 8;
const WEEK_DAYS = 7;

type Asked = EntryQuery & { accountId: string };
type Parts = { shops: ShopBook; views: EntryViews };

/** Lists, sums and the day of a shop. */
export function createReading(deps: Pick<BooksDeps, 'db' | 'vault' | 'clock' | 'ledger'>, { shops, views }: Parts) {
  const { db, vault, clock, ledger } = deps;
  const filterOf = (tenantId: string, { from, to, search, kind, unsorted, placeId, categoryId, state }: Asked): Filter => {
    const folded = fold(search ?? '');
    return {
      from,
      to,
      kind,
      placeId,
      categoryId,
      unsorted: unsorted !== undefined,
      refused: state === 'refused',
      search: folded === '' ? undefined : { folded, hash: vault.lookupHash(tenantId, COUNTERPARTY, folded) },
    };
  };
  const text = (sums: { count: bigint; inMinor: bigint; outMinor: bigint }) => ({
    count: Number(sums.count),
    inMinor: sums.inMinor.toString(),
    outMinor: sums.outMinor.toString(),
  });

  return {
    async searchEntries(ctx: CallContext, asked: Asked): Promise<EntryPage> {
      const { accountId, limit = USUAL_LIMIT } = asked;
      await shops.allow(ctx, accountId, 'see');
      const { tenantId } = ctx;
      const [filter, after] = [filterOf(tenantId, asked), asked.cursor === undefined ? null : readCursor(asked.cursor)];
      const found = await db.tx({ module: 'books', tenants: [tenantId], read: true }, async (tx) => {
        const rows = await searchEntries(tx, tenantId, accountId, { filter, after, limit: limit + 1 });
        const shown = rows.slice(0, limit);
        const [first, last] = [shown[0], shown.at(-1)];
        const [sums, days] = await Promise.all([
          after === null ? sumEntries(tx, tenantId, accountId, filter) : null,
          first && last ? sumDays(tx, tenantId, accountId, { ...filter, from: last.date, to: first.date }) : [],
        ]);
        return { shown, sums, days, next: rows.length > limit && last ? cursorOf(last) : null };
      });
      const dates = new Set(found.shown.map(({ date }) => date));
      return {
        entries: await Promise.all(found.shown.map((entry) => views.show(tenantId, entry))),
        days: found.days
          .filter(({ date }) => dates.has(date))
          .map(({ date, ...sums }) => ({ date, inMinor: text(sums).inMinor, outMinor: text(sums).outMinor })),
        sums: found.sums && text(found.sums),
        next: found.next,
      };
    },

    async getToday(ctx: CallContext, { accountId }: { accountId: string }): Promise<Today> {
      await shops.allow(ctx, accountId, 'see');
      const { tenantId } = ctx;
      const date = businessDate(clock.now());
      const before = addDays(date, -WEEK_DAYS);
      const read = await db.tx({ module: 'books', tenants: [tenantId], read: true }, async (tx) => {
        const [places, sold, waiting, day, recent] = await Promise.all([
          listPlaces(tx, tenantId, accountId),
          sumSold(tx, tenantId, accountId, [date, before]),
          countWaiting(tx, tenantId, accountId),
          sumEntries(tx, tenantId, accountId, { from: date, to: date }),
          searchEntries(tx, tenantId, accountId, { filter: {}, after: null, limit: RECENT }),
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

const cursorOf = ({ date, recordedAt, id }: { date: string; recordedAt: Date; id: string }): string =>
  Buffer.from(JSON.stringify([date, recordedAt.toISOString(), id])).toString('base64url');

/** @throws PLATFORM_BAD_REQUEST for what none of our answers said */
function readCursor(text: string): After {
  try {
    const [date, recordedAt, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as string[];
    if (/^\d{4}-\d{2}-\d{2}$/.test(date ?? '') && /^\d{4}-\d{2}-\d{2}T[\d:.]{12}Z$/.test(recordedAt ?? '') && isUuid(id ?? ''))
      return { date: date!, recordedAt: recordedAt!, id: id! };
  } catch {
    // Said below.
  }
  throw refusePlatform('PLATFORM_BAD_REQUEST', {
    detail: { pt: 'O cursor não é de uma resposta nossa.', en: 'The cursor is not of an answer of ours.' },
  });
}
