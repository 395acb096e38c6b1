import type { CallContext } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import type { createChanges } from './changes.ts';
import type { Sorted } from './contract-reads.ts';
import type { BooksDeps } from './deps.ts';
import type { ShopBook } from './shop.ts';
import { findEntries } from './store/entries.ts';

type Parts = { shops: ShopBook; changes: Pick<ReturnType<typeof createChanges>, 'recategorise'> };
type Asked = { accountId: string; entryIds: readonly string[]; category: string };

/** Many entries under one category, each with its own outcome: one that is closed or reversed does not hold up the others. */
export function createSorting({ db }: Pick<BooksDeps, 'db'>, { shops, changes }: Parts) {
  return {
    async sortEntries(ctx: CallContext, { accountId, entryIds, category }: Asked): Promise<Sorted> {
      await shops.allow(ctx, accountId, 'books');
      const scope = { module: 'books', tenants: [ctx.tenantId] };
      const entries = await db.tx(scope, (tx) => findEntries(tx, ctx.tenantId, [...new Set(entryIds)]));
      const own = new Map(entries.filter((entry) => entry.accountId === accountId).map((entry) => [entry.id, entry.amountMinor]));
      const done: Sorted = { sorted: 0, refused: [] };
      for (const entryId of new Set(entryIds)) {
        const amountMinor = own.get(entryId);
        const code = amountMinor === undefined ? 'BOOKS_ENTRY_NOT_FOUND' : await sortOne({ accountId, entryId, category }, amountMinor);
        if (code === null) done.sorted += 1;
        else done.refused.push({ entryId, code });
      }
      return done;

      /** Why it was refused; null when it was not. What is no refusal ends the whole: the rest is asked for again, harmlessly. */
      async function sortOne(one: { accountId: string; entryId: string; category: string }, amount: bigint): Promise<string | null> {
        const { category: wanted, ...entry } = one;
        try {
          await changes.recategorise(ctx, { ...entry, lines: [{ category: wanted, amountMinor: amount.toString() }] });
          return null;
        } catch (error) {
          if (error instanceof AppError && error.status < 500) return error.code;
          throw error;
        }
      }
    },
  };
}
