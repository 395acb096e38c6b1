import { addDays } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { Entry, Line } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { categoryIdOf, type EntryLine, isUnsorted } from './domain/entry.ts';
import { type Command, sortedAnew, transferId } from './domain/postings.ts';
import { reversalsOf } from './domain/reversals.ts';
import { refuseBooks } from './errors.ts';
import { ENTRY_RECATEGORISED, ENTRY_REVERSED, type EntryRecategorised, type EntryReversed } from './events.ts';
import type { Poster } from './posting.ts';
import type { ShopBook } from './shop.ts';
import { insertChanges, listChanges, markReversed, type NewChange, replaceLines } from './store/changes.ts';
import { type EntryRecord, findEntries, holdEntry } from './store/entries.ts';
import { findCategories, holdShops } from './store/known.ts';
import type { EntryViews } from './views/entries.ts';

type One = { accountId: string; entryId: string };
type Parts = { shops: ShopBook; poster: Poster; views: EntryViews };

/** What happens to an entry after it was recorded. It keeps standing: what changes is said beside it, and posted beside what it was made of. */
export function createChanges(deps: BooksDeps, { shops, poster, views }: Parts) {
  const { db, bus, clock } = deps;
  const lines = (own: readonly EntryLine[]) =>
    own.map(({ categoryId, amountMinor }) => ({ categoryId, amountMinor: amountMinor.toString() }));

  async function hold(tx: Tx, tenantId: string, { accountId, entryId }: One): Promise<{ entry: EntryRecord; closedUntil: string | null }> {
    const [shop] = await holdShops(tx, tenantId, [accountId]);
    const entry = await holdEntry(tx, tenantId, accountId, entryId);
    if (!entry) throw refuseBooks('BOOKS_ENTRY_NOT_FOUND');
    if (entry.refusal !== null) throw refuseBooks('BOOKS_ENTRY_REFUSED');
    return { entry, closedUntil: shop?.closedUntil ?? null };
  }

  /** What is left of it to the ledger, at once where the entry is there already; else the job does it in order. */
  async function postSoon(tenantId: string, entry: EntryRecord, change: NewChange | undefined): Promise<void> {
    if (!change || entry.position === null) return;
    const { accountId, entryId, version, commands } = change;
    await poster.post({ tenantId, accountId, entryId, version, commands });
  }
  const shown = async (ctx: CallContext, entryId: string): Promise<Entry> => {
    const scope = { module: 'books', tenants: [ctx.tenantId] };
    const [entry] = await db.tx(scope, (tx) => findEntries(tx, ctx.tenantId, [entryId]));
    return views.show(ctx.tenantId, entry!);
  };

  return {
    async reverse(ctx: CallContext, { reason, late, ...one }: One & { reason: string; late?: 'first-open-day' }): Promise<Entry> {
      await shops.allow(ctx, one.accountId, 'books');
      const { tenantId, actor } = ctx;
      const at = new Date(clock.now());
      const done = await db.tx({ module: 'books', tenants: [tenantId] }, async (tx) => {
        const { entry, closedUntil } = await hold(tx, tenantId, one);
        if (entry.reversedAt !== null) return { entry, change: undefined };
        const isClosed = closedUntil !== null && (entry.date <= closedUntil || entry.competence <= closedUntil);
        if (isClosed && !late) throw refuseBooks('BOOKS_DAY_CLOSED');
        const version = entry.version + 1;
        const earlier = await listChanges(tx, tenantId, entry.id);
        const firstOpen = closedUntil === null ? null : addDays(closedUntil, 1);
        const commands = reversalsOf({ ...entry, changes: earlier.filter(({ refusal }) => refusal === null), version, firstOpen });
        const by = `${actor.kind}:${actor.id}`;
        const change: NewChange = { ...one, version, kind: 'reversed', at, by, reason, linesBefore: null, commands };
        await insertChanges(tx, tenantId, [change]);
        await markReversed(tx, tenantId, entry.id, version, at);
        const data: EntryReversed = { ...one, version };
        const about = { tenantId, key: entry.id, subjectId: one.accountId, actor, time: at.toISOString() };
        await bus.publish(tx, [{ id: newId(), type: ENTRY_REVERSED, ...about, data }]);
        return { entry, change };
      });
      await postSoon(tenantId, done.entry, done.change);
      return shown(ctx, one.entryId);
    },

    async recategorise(ctx: CallContext, { lines: asked, ...one }: One & { lines: readonly Line[] }): Promise<Entry> {
      await shops.allow(ctx, one.accountId, 'books');
      const { tenantId, actor } = ctx;
      const at = new Date(clock.now());
      const after = asked.map(({ category, amountMinor }) => ({
        categoryId: categoryIdOf(one.accountId, category),
        amountMinor: BigInt(amountMinor),
      }));
      const done = await db.tx({ module: 'books', tenants: [tenantId] }, async (tx) => {
        const { entry, closedUntil } = await hold(tx, tenantId, one);
        const { kind } = entry;
        if (entry.reversedAt !== null) throw refuseBooks('BOOKS_ENTRY_REVERSED');
        if (kind === 'transfer' || kind === 'opening' || total(after) !== total(entry.lines))
          throw refuseBooks('BOOKS_ENTRY_INVALID', { detail: OTHER_SUM });
        if (JSON.stringify(lines(after)) === JSON.stringify(lines(entry.lines))) return { entry, change: undefined };
        if (closedUntil !== null && entry.competence <= closedUntil) throw refuseBooks('BOOKS_DAY_CLOSED');
        const known = await findCategories(tx, tenantId, [...new Set(after.map(({ categoryId }) => categoryId))]);
        const isKnown = (id: string): boolean => known.some((ref) => ref.id === id && ref.accountId === one.accountId && !ref.archived);
        if (!after.every(({ categoryId }) => isKnown(categoryId))) throw refuseBooks('BOOKS_CATEGORY_UNKNOWN');
        const version = entry.version + 1;
        const commands = sortedAnew(kind, entry.lines, after, entry.competence).map(
          ({ amountMinor, ...rest }, nth): Command => ({
            kind: 'transfer',
            id: transferId(entry.id, version, nth),
            amountMinor: amountMinor.toString(),
            ...rest,
          }),
        );
        const by = `${actor.kind}:${actor.id}`;
        const change: NewChange = { ...one, version, kind: 'recategorised', at, by, reason: null, linesBefore: entry.lines, commands };
        await insertChanges(tx, tenantId, [change]);
        await replaceLines(tx, tenantId, [{ ...one, version, isUnsorted: isUnsorted(one.accountId, after), lines: after }]);
        const data: EntryRecategorised = { ...one, version, before: lines(entry.lines), after: lines(after) };
        const about = { tenantId, key: entry.id, subjectId: one.accountId, actor, time: at.toISOString() };
        await bus.publish(tx, [{ id: newId(), type: ENTRY_RECATEGORISED, ...about, data }]);
        return { entry, change };
      });
      await postSoon(tenantId, done.entry, done.change);
      return shown(ctx, one.entryId);
    },
  };
}

const total = (lines: readonly EntryLine[]): bigint => lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
const OTHER_SUM = {
  pt: 'Só entradas e saídas têm categorias, e a soma delas fica a mesma.',
  en: 'Only what comes in or goes out has categories, and their sum stays the same.',
};
