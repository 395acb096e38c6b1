import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import { bodyHash } from '#platform/idempotency.ts';
import type { BooksDeps } from './deps.ts';
import { type Draft, judge, type Known, type Refusal } from './domain/entry.ts';
import { ENTRY_RECORDED, type EntryRecorded } from './events.ts';
import { findSeen, insertEntries, type NewRecord, type Seen } from './store/entries.ts';
import { keepKeys } from './store/keys.ts';
import { findCategories, findPlaces, holdShops } from './store/known.ts';

/** One entry that is asked for: as it was said, and as it would be stored on the days it says. */
export type Item = { actor: Actor; draft: Draft; record: NewRecord; key?: { principal: string; route: string; key: string } };
/** What stands in the books. */
export type Recorded = NewRecord & { position: bigint | null };
/** `byId`: what is known has the id that was asked for, else its origin. */
export type Outcome =
  | { recorded: Recorded }
  | { duplicate: Seen }
  | { refused: Refusal }
  | { refused: 'BOOKS_ENTRY_CONFLICT'; byId: boolean };

type Batch = { tenantId: string; items: readonly Item[]; today: string };

/**
 * Writes entries of one tenant: a look at what they name, one statement for all of them, and the events, whatever their number. The shops are held, so
 * that none of their days is closed meanwhile. What is known already is told apart only where something was in the way.
 */
export async function writeItems(tx: Tx, { bus }: Pick<BooksDeps, 'bus'>, { tenantId, items, today }: Batch): Promise<Outcome[]> {
  const known = await knownOf(tx, { tenantId, items, today });
  const judged = items.map(({ draft, record }) => ({ record, judged: judge(draft, known(record.accountId)) }));
  const ready = new Map<string, NewRecord>();
  for (const { record, judged: one } of judged)
    if ('dates' in one && !ready.has(record.id)) ready.set(record.id, { ...record, ...one.dates });
  const taken = await insertEntries(tx, tenantId, [...ready.values()]);
  const first = new Set<string>();
  const isNew = (id: string): boolean => taken.has(id) && !first.has(id) && first.add(id) !== undefined;
  const fresh = judged.map(({ record, judged: one }) => 'dates' in one && isNew(record.id));
  const rest = items.filter((_, at) => !fresh[at]).map(({ record }) => record);
  const seen = rest.length === 0 ? [] : await findSeen(tx, tenantId, rest);
  const outcomes = judged.map(({ record, judged: one }, at): Outcome => {
    if (fresh[at]) return { recorded: { ...ready.get(record.id)!, position: null } };
    const before = standsFor(record, seen);
    if (!before) return 'refused' in one ? one : { refused: 'BOOKS_ENTRY_CONFLICT', byId: true };
    if (before.contentHash.equals(record.contentHash)) return { duplicate: before };
    // Another entry's id is no reason to hide why this one would not do.
    return { refused: 'BOOKS_ENTRY_CONFLICT', byId: before.id === record.id };
  });
  keep(tx, tenantId, items, outcomes);
  await bus.publish(
    tx,
    outcomes.flatMap((outcome, at) => ('recorded' in outcome ? [eventOf(tenantId, items[at]!.actor, outcome.recorded)] : [])),
  );
  return outcomes;
}

const standsFor = ({ id, accountId, originModule, originReference }: NewRecord, seen: readonly Seen[]): Seen | undefined =>
  seen.find((one) => one.id === id) ??
  seen.find(
    (one) =>
      originModule !== null && one.accountId === accountId && one.originModule === originModule && one.originReference === originReference,
  );

async function knownOf(tx: Tx, { tenantId, items, today }: Batch): Promise<(accountId: string) => Known> {
  const unique = (ids: readonly (string | null)[]): string[] => [...new Set(ids.filter((id) => id !== null))];
  const [shops, places, categories] = await Promise.all([
    holdShops(tx, tenantId, unique(items.map(({ record }) => record.accountId))),
    findPlaces(tx, tenantId, unique(items.flatMap(({ draft }) => [draft.placeId, draft.toPlaceId]))),
    findCategories(tx, tenantId, unique(items.flatMap(({ draft }) => draft.lines.map(({ categoryId }) => categoryId)))),
  ]);
  const of = new Map<string, Known>();
  return (accountId) => {
    const before = of.get(accountId);
    if (before) return before;
    const own = <R extends { id: string; accountId: string; archived: boolean }>(refs: readonly R[]): Map<string, boolean> =>
      new Map(refs.flatMap((ref) => (ref.accountId === accountId ? [[ref.id, ref.archived] as const] : [])));
    const closedUntil = shops.find((shop) => shop.accountId === accountId)?.closedUntil ?? null;
    const found = { closedUntil, today, places: own(places), categories: own(categories) };
    of.set(accountId, found);
    return found;
  };
}

/** The key of a request stands beside what it made, with what was answered. */
function keep(tx: Tx, tenantId: string, items: readonly Item[], outcomes: readonly Outcome[]): void {
  const made = items.flatMap(({ key, record }, at) =>
    key && 'recorded' in outcomes[at]!
      ? [{ ...key, bodyHash: bodyHash(record.contentHash.toString('hex')), status: 201, answer: { entryId: record.id } }]
      : [],
  );
  keepKeys(tx, tenantId, made);
}

function eventOf(tenantId: string, actor: Actor, entry: NewRecord) {
  const { id: entryId, accountId, kind, amountMinor, lines, placeId, owed, toPlaceId, toOwed, date, competence, method } = entry;
  const data: EntryRecorded = {
    entryId,
    accountId,
    kind,
    amountMinor: amountMinor.toString(),
    lines: lines.map((line) => ({ categoryId: line.categoryId, amountMinor: line.amountMinor.toString() })),
    placeId,
    owed,
    toPlaceId,
    toOwed,
    date,
    competence,
    method,
    originModule: entry.originModule,
  };
  return {
    id: newId(),
    type: ENTRY_RECORDED,
    tenantId,
    key: entryId,
    subjectId: accountId,
    actor,
    time: entry.recordedAt.toISOString(),
    data,
  };
}
