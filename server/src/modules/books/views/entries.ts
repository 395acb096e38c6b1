import type { CallContext } from '#platform/context.ts';
import type { Change, Entry, EntryHistory } from '../contract.ts';
import type { BooksDeps } from '../deps.ts';
import { transferId } from '../domain/postings.ts';
import { refuseBooks } from '../errors.ts';
import { COUNTERPARTY } from '../record.ts';
import type { ShopBook } from '../shop.ts';
import { type ChangeRecord, listChanges } from '../store/changes.ts';
import { type EntryRecord, findEntries } from '../store/entries.ts';

/** Entries as people and other rooms see them. */
export function createEntryViews(deps: Pick<BooksDeps, 'db' | 'vault'>, shops: ShopBook) {
  const { db, vault } = deps;

  async function show(tenantId: string, entry: EntryRecord): Promise<Entry> {
    const {
      id,
      accountId,
      kind,
      placeId,
      owed,
      toPlaceId,
      toOwed,
      date,
      competence,
      originalDate,
      originalCompetence,
      text,
      method,
      version,
    } = entry;
    const { originModule: module, originReference: reference, counterpartySealed: sealed } = entry;
    return {
      id,
      accountId,
      kind,
      state: stateOf(entry),
      refusal: entry.refusal,
      position: entry.position === null ? null : Number(entry.position),
      amountMinor: entry.amountMinor.toString(),
      lines: entry.lines.map(({ categoryId, amountMinor }) => ({ categoryId, amountMinor: amountMinor.toString() })),
      placeId,
      owed,
      toPlaceId,
      toOwed,
      date,
      competence,
      originalDate,
      originalCompetence,
      text,
      method,
      counterparty: sealed && (await vault.open(tenantId, accountId, COUNTERPARTY, sealed)),
      tags: [...entry.tags],
      origin: module === null || reference === null ? null : { module, reference },
      reversedBy: entry.reversedBy,
      unsorted: entry.isUnsorted,
      recordedAt: entry.recordedAt.toISOString(),
      version,
    };
  }

  return {
    show,
    async getEntry(ctx: CallContext, { accountId, entryId }: { accountId: string; entryId: string }): Promise<EntryHistory> {
      await shops.allow(ctx, accountId, 'see');
      const { tenantId } = ctx;
      const [entries, changes] = await db.tx({ module: 'books', tenants: [tenantId] }, (tx) =>
        Promise.all([findEntries(tx, tenantId, [entryId]), listChanges(tx, tenantId, entryId)]),
      );
      const [entry] = entries;
      if (!entry || entry.accountId !== accountId) throw refuseBooks('BOOKS_ENTRY_NOT_FOUND');
      const first: Change = {
        version: 1,
        kind: 'recorded',
        at: entry.recordedAt.toISOString(),
        by: entry.recordedBy,
        reason: null,
        state: stageOf(entry),
        refusal: entry.refusal,
        linesBefore: null,
      };
      return {
        ...(await show(tenantId, entry)),
        history: [first, ...changes.map(changeOf)],
        transferIds: [
          ...Array.from({ length: entry.postings }, (_, nth) => transferId(entryId, 1, nth)),
          ...changes.flatMap(({ commands }) => commands.map(({ id }) => id)),
        ],
      };
    },
  };
}
export type EntryViews = ReturnType<typeof createEntryViews>;

type Answered = { position: bigint | null; refusal: string | null };
const stageOf = ({ position, refusal }: Answered): 'accepted' | 'posted' | 'refused' =>
  refusal !== null ? 'refused' : position === null ? 'accepted' : 'posted';
const stateOf = (entry: EntryRecord): Entry['state'] => (entry.reversedAt !== null ? 'reversed' : stageOf(entry));

const changeOf = (change: ChangeRecord): Change => ({
  version: change.version,
  kind: change.kind,
  at: change.at.toISOString(),
  by: change.by,
  reason: change.reason,
  state: stageOf(change),
  refusal: change.refusal,
  linesBefore: change.linesBefore,
});
