import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { Entry, Line, Sorted } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import { categoryIdOf, type EntryLine, isUnsorted } from './domain/entry.ts';
import { type Command, sortedAnew, transferId } from './domain/postings.ts';
import { refuseBooks } from './errors.ts';
import { ENTRY_RECATEGORISED, type EntryRecategorised } from './events.ts';
import { byOf, type ChangeParts, eventAbout, type HeldEntry, holdThem, type One, postChange, showIt, writtenLines } from './held.ts';
import type { RuleBook } from './rules.ts';
import { insertChanges, type NewChange, replaceLines } from './store/changes.ts';
import type { EntryRecord } from './store/entries.ts';
import { findCategories } from './store/known.ts';

type Why =
  | 'BOOKS_ENTRY_NOT_FOUND'
  | 'BOOKS_ENTRY_REFUSED'
  | 'BOOKS_ENTRY_REVERSED'
  | 'BOOKS_ENTRY_INVALID'
  | 'BOOKS_CATEGORY_UNKNOWN'
  | 'BOOKS_DAY_CLOSED';
type Anew = { entry: HeldEntry; change: NewChange; after: readonly EntryLine[] };
type Outcome = { refused: Why } | { unchanged: EntryRecord } | Anew;
/** What an entry is to have for lines. */
type Aim = (entry: EntryRecord) => readonly EntryLine[];

/** Other categories for entries: transfers between those there were and those there are, and the money stays where it is. */
export function createSorting(deps: BooksDeps, { shops, poster, views, rules }: ChangeParts & { rules: RuleBook }) {
  const { db, bus, clock } = deps;

  async function sortAll(ctx: CallContext, accountId: string, entryIds: readonly string[], aim: Aim): Promise<Outcome[]> {
    const { tenantId } = ctx;
    const outcomes = await db.tx({ module: 'books', tenants: [tenantId] }, (tx) => write(tx, ctx, accountId, entryIds, aim));
    await Promise.all(outcomes.map((one) => ('change' in one ? postChange(poster, tenantId, one.entry, one.change) : undefined)));
    return outcomes;
  }

  async function write(tx: Tx, ctx: CallContext, accountId: string, entryIds: readonly string[], aim: Aim): Promise<Outcome[]> {
    const { tenantId, actor } = ctx;
    const at = new Date(clock.now());
    const { entries, closedUntil } = await holdThem(tx, tenantId, accountId, entryIds);
    const aims = new Map([...entries.values()].map((entry) => [entry.id, aim(entry)]));
    const asked = [...new Set([...aims.values()].flatMap((lines) => lines.map(({ categoryId }) => categoryId)))];
    const found = await findCategories(tx, tenantId, asked);
    const known = new Set(found.flatMap((ref) => (ref.accountId === accountId && !ref.archived ? [ref.id] : [])));
    const outcomes = entryIds.map((entryId): Outcome => {
      const entry = entries.get(entryId);
      if (!entry) return { refused: 'BOOKS_ENTRY_NOT_FOUND' };
      const after = aims.get(entryId)!;
      const refused = whyNot(entry, after, { closedUntil, known });
      if (refused) return { refused };
      if (isSame(entry.lines, after)) return { unchanged: entry };
      const change = changeOf(entry, after, { at, by: byOf(actor) });
      return { entry, change, after };
    });
    const sorted = outcomes.filter((one) => 'change' in one);
    if (sorted.length === 0) return outcomes;
    await insertChanges(
      tx,
      tenantId,
      sorted.map(({ change }) => change),
    );
    await replaceLines(
      tx,
      tenantId,
      sorted.map(({ entry, change, after }) => ({
        entryId: entry.id,
        accountId,
        version: change.version,
        isUnsorted: isUnsorted(accountId, after),
        lines: after,
      })),
    );
    await bus.publish(
      tx,
      sorted.map(({ entry, change, after }) => {
        const one = { accountId, entryId: entry.id };
        const data: EntryRecategorised = { ...one, version: change.version, before: writtenLines(entry.lines), after: writtenLines(after) };
        return eventAbout(ENTRY_RECATEGORISED, { tenantId, actor, at }, one, data);
      }),
    );
    return outcomes;
  }

  return {
    async recategorise(ctx: CallContext, { lines, teach, ...one }: One & { lines: readonly Line[]; teach?: boolean }): Promise<Entry> {
      await shops.allow(ctx, one.accountId, 'books');
      const after = lines.map(({ category, amountMinor }) => ({
        categoryId: categoryIdOf(one.accountId, category),
        amountMinor: BigInt(amountMinor),
      }));
      const [outcome] = await sortAll(ctx, one.accountId, [one.entryId], () => after);
      if ('refused' in outcome!) throw refuseBooks(outcome.refused, outcome.refused === 'BOOKS_ENTRY_INVALID' ? { detail: OTHER_SUM } : {});
      if (teach && after.length === 1)
        await rules.learn(ctx, 'entry' in outcome! ? outcome.entry : outcome!.unchanged, after[0]!.categoryId);
      return showIt(deps, views, ctx, one.entryId);
    },
    async sortEntries(ctx: CallContext, input: { accountId: string; entryIds: readonly string[]; category: string }): Promise<Sorted> {
      const { accountId } = input;
      const entryIds = [...new Set(input.entryIds)];
      await shops.allow(ctx, accountId, 'books');
      const categoryId = categoryIdOf(accountId, input.category);
      const outcomes = await sortAll(ctx, accountId, entryIds, ({ amountMinor }) => [{ categoryId, amountMinor }]);
      const refused = outcomes.flatMap((one, at) => ('refused' in one ? [{ entryId: entryIds[at]!, code: one.refused }] : []));
      return { sorted: outcomes.length - refused.length, refused };
    },
  };
}

function whyNot(
  entry: EntryRecord,
  after: readonly EntryLine[],
  { closedUntil, known }: { closedUntil: string | null; known: ReadonlySet<string> },
): Why | undefined {
  if (entry.refusal !== null) return 'BOOKS_ENTRY_REFUSED';
  if (entry.reversedAt !== null) return 'BOOKS_ENTRY_REVERSED';
  if (entry.lines.length === 0 || total(after) !== total(entry.lines)) return 'BOOKS_ENTRY_INVALID';
  if (isSame(entry.lines, after)) return undefined;
  if (!after.every(({ categoryId }) => known.has(categoryId))) return 'BOOKS_CATEGORY_UNKNOWN';
  return closedUntil !== null && entry.competence <= closedUntil ? 'BOOKS_DAY_CLOSED' : undefined;
}

function changeOf(entry: EntryRecord, after: readonly EntryLine[], { at, by }: { at: Date; by: string }): NewChange {
  const version = entry.version + 1;
  const commands = sortedAnew(entry.kind as 'in' | 'out', entry.lines, after, entry.competence).map(
    ({ amountMinor, ...rest }, nth): Command => ({
      kind: 'transfer',
      id: transferId(entry.id, version, nth),
      amountMinor: amountMinor.toString(),
      ...rest,
    }),
  );
  const { id: entryId, accountId, lines: linesBefore } = entry;
  return { entryId, accountId, version, kind: 'recategorised', at, by, reason: null, linesBefore, before: null, commands };
}

const total = (lines: readonly EntryLine[]): bigint => lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
const isSame = (a: readonly EntryLine[], b: readonly EntryLine[]): boolean =>
  JSON.stringify(writtenLines(a)) === JSON.stringify(writtenLines(b));
const OTHER_SUM = {
  pt: 'Só entradas e saídas têm categorias, e a soma delas fica a mesma.',
  en: 'Only what comes in or goes out has categories, and their sum stays the same.',
};
