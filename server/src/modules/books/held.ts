import type { Actor, CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { Entry } from './contract.ts';
import type { BooksDeps } from './deps.ts';
import type { EntryLine } from './domain/entry.ts';
import { refuseBooks } from './errors.ts';
import type { Poster } from './posting.ts';
import type { ShopBook } from './shop.ts';
import { findUnposted, type NewChange } from './store/changes.ts';
import { type EntryRecord, findEntries, holdEntries } from './store/entries.ts';
import { holdShops } from './store/known.ts';
import type { EntryViews } from './views/entries.ts';

export type One = { accountId: string; entryId: string };
export type ChangeParts = { shops: ShopBook; poster: Poster; views: EntryViews };

/** One that is about to be changed; `isBehind` while a change made before has not reached the ledger. */
export type HeldEntry = EntryRecord & { isBehind: boolean };

/** Entries of a shop that are about to be changed, held until the transaction ends, and so is the shop: no day of it is closed meanwhile. */
export async function holdThem(
  tx: Tx,
  tenantId: string,
  accountId: string,
  entryIds: readonly string[],
): Promise<{ entries: Map<string, HeldEntry>; closedUntil: string | null }> {
  const [shop] = await holdShops(tx, tenantId, [accountId]);
  const entries = await holdEntries(tx, tenantId, accountId, entryIds);
  const unposted = await findUnposted(tx, tenantId, entryIds);
  const held = entries.map((entry) => ({ ...entry, isBehind: unposted.has(entry.id) }));
  return { entries: new Map(held.map((entry) => [entry.id, entry])), closedUntil: shop?.closedUntil ?? null };
}

/** One that is there, and that the ledger did not refuse. */
export async function holdIt(
  tx: Tx,
  tenantId: string,
  { accountId, entryId }: One,
): Promise<{ entry: HeldEntry; closedUntil: string | null }> {
  const { entries, closedUntil } = await holdThem(tx, tenantId, accountId, [entryId]);
  const entry = entries.get(entryId);
  if (!entry) throw refuseBooks('BOOKS_ENTRY_NOT_FOUND');
  if (entry.refusal !== null) throw refuseBooks('BOOKS_ENTRY_REFUSED');
  return { entry, closedUntil };
}

/** A change on its way to the ledger: at once where the entry is there already, and all that was changed of it before; else the job does it, in order. */
export async function postChange(poster: Poster, tenantId: string, entry: HeldEntry, change: NewChange): Promise<void> {
  const { accountId, entryId, version, commands } = change;
  if (entry.position !== null && !entry.isBehind && commands.length > 0)
    await poster.post({ tenantId, accountId, entryId, version, commands });
}

export async function showIt(deps: Pick<BooksDeps, 'db'>, views: EntryViews, { tenantId }: CallContext, entryId: string): Promise<Entry> {
  const [entry] = await deps.db.tx({ module: 'books', tenants: [tenantId], single: true }, (tx) => findEntries(tx, tenantId, [entryId]));
  return views.show(tenantId, entry!);
}

export const eventAbout = <T>(type: string, { tenantId, actor, at }: { tenantId: string; actor: Actor; at: Date }, of: One, data: T) => ({
  id: newId(),
  type,
  tenantId,
  key: of.entryId,
  subjectId: of.accountId,
  actor,
  time: at.toISOString(),
  data,
});

export const byOf = ({ kind, id }: Actor): string => `${kind}:${id}`;
export const writtenLines = (lines: readonly EntryLine[]) =>
  lines.map(({ categoryId, amountMinor }) => ({ categoryId, amountMinor: amountMinor.toString() }));
