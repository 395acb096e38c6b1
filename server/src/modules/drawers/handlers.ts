import { ENTRY_RECORDED, ENTRY_REFUSED, ENTRY_REVERSED, type EntryRecorded, type EntryRefused, type EntryReversed } from '#books/events';
import type { LoggedEvent, Subscription } from '#platform/bus/bus.ts';
import { instantMs } from '#platform/dates.ts';
import type { Tx } from '#platform/db/db.ts';
import { derivedId } from '#platform/id.ts';
import { addMovement } from './add-movement.ts';
import { type DrawersDeps, MODULE, type Who } from './deps.ts';
import type { BooksEntry } from './domain/entries.ts';
import { changesOf } from './domain/told.ts';
import type { Poster } from './posting.ts';
import { reversalOf } from './posting.ts';
import { addElsewhere, type DrawerRow, findHours, lockDrawer } from './store/drawers.ts';
import { findForeign, insertForeign } from './store/foreign.ts';
import { findMovement } from './store/movements.ts';
import { findPosting, isUnderWayOrRecorded, type Posting, refusePosting } from './store/postings.ts';
import { findOpenSession } from './store/sessions.ts';

const NOTE = 'Lançado nos livros antes da abertura do caixa, e só depois conhecido aqui';

/**
 * What others record in the books on a drawer's account (a sale by "Lançar", a bill paid from the drawer, an entry taken back) is something that happened at the drawer,
 * too: so what is expected of it is what the books say, whoever wrote there.
 */
export function booksSubscription(deps: DrawersDeps, poster: Poster): Subscription {
  return {
    group: 'drawers.books',
    module: MODULE,
    types: [ENTRY_RECORDED, ENTRY_REFUSED, ENTRY_REVERSED],
    from: 'beginning',
    async handle(tx, events) {
      for (const event of events) {
        if (event.type === ENTRY_RECORDED) await recorded(tx, deps, event, event.data as EntryRecorded);
        else if (event.type === ENTRY_REVERSED) await undone(tx, deps, event, event.data as EntryReversed);
        else await refused(tx, { deps, poster }, event, event.data as EntryRefused);
      }
    },
  };
}

/** An entry of the books' own mirrors one that is taken back on a closed day: it is kept, and what it does is told by the reversal, once. */
async function recorded(tx: Tx, deps: DrawersDeps, event: LoggedEvent, entry: EntryRecorded): Promise<void> {
  if (entry.originModule === MODULE) return;
  const isMirror = entry.originModule === 'books';
  for (const { placeId, cashMinor } of changesOf(entry)) {
    await insertForeign(tx, event.tenantId, { entryId: entry.entryId, placeId, accountId: entry.accountId, cashMinor });
    if (isMirror) continue;
    await happened(tx, deps, event, {
      id: derivedId('drawers.told', entry.entryId, placeId),
      placeId,
      accountId: entry.accountId,
      cashMinor,
    });
  }
}

/**
 * An entry was taken back, on its own days or by one that mirrors it: its opposite happens, unless it is we who took it back. What it does is kept under an id of
 * its own, for the ledger may refuse it.
 */
async function undone(tx: Tx, deps: DrawersDeps, event: LoggedEvent, { entryId, version }: Versioned): Promise<void> {
  const { tenantId } = event;
  const isOurs = await isUnderWayOrRecorded(tx, tenantId, reversalOf(entryId));
  const own = await findPosting(tx, tenantId, entryId);
  const changes = own?.entry ? await changesOfOwn(tx, tenantId, own, own.entry) : await findForeign(tx, tenantId, entryId);
  for (const { placeId, accountId, cashMinor } of changes) {
    const opposite = { placeId, accountId, cashMinor: -cashMinor };
    await insertForeign(tx, tenantId, { entryId: undoingOf({ entryId, version }), ...opposite });
    if (!isOurs) await happened(tx, deps, event, { id: derivedId('drawers.undone', entryId, String(version), placeId), ...opposite });
  }
}

/** The ledger refused to take an entry back: it stands, and what its taking back did to a drawer is given back, whoever had asked for it. */
async function stands(tx: Tx, deps: DrawersDeps, event: LoggedEvent, { entryId, version, code }: EntryRefused): Promise<void> {
  const { tenantId } = event;
  const changes = await findForeign(tx, tenantId, undoingOf({ entryId, version }));
  if (changes.length > 0) await refusePosting(tx, tenantId, reversalOf(entryId), code);
  for (const { placeId, accountId, cashMinor } of changes)
    await happened(tx, deps, event, {
      id: derivedId('drawers.stands', entryId, String(version), placeId),
      placeId,
      accountId,
      cashMinor: -cashMinor,
    });
}

/** What an entry of ours did to the drawer of its movement: no other place of it, which it may name by a key, is a drawer. */
async function changesOfOwn(tx: Tx, tenantId: string, { accountId, about }: Posting, entry: BooksEntry): Promise<Changed[]> {
  const movement = await findMovement(tx, tenantId, accountId, about);
  return changesOf({ ...entry, placeId: entry.place ?? null, toPlaceId: entry.toPlace ?? null })
    .filter(({ placeId }) => placeId === movement?.placeId)
    .map((one) => ({ ...one, accountId }));
}

/** A first version that the ledger refused never was; a later one is a reversal, or other categories, which change no drawer. */
async function refused(
  tx: Tx,
  { deps, poster }: { deps: DrawersDeps; poster: Poster },
  event: LoggedEvent,
  data: EntryRefused,
): Promise<void> {
  if (data.version !== 1) return stands(tx, deps, event, data);
  const own = await findPosting(tx, event.tenantId, data.entryId);
  if (own) await poster.refuse(tx, event.tenantId, own, data.code);
  else await undone(tx, deps, event, data);
}

type Versioned = Pick<EntryReversed, 'entryId' | 'version'>;
const undoingOf = ({ entryId, version }: Versioned): string => derivedId('drawers.undoing', entryId, String(version));
type Changed = { placeId: string; accountId: string; cashMinor: bigint };
type Happened = Changed & { id: string };

async function happened(tx: Tx, deps: DrawersDeps, event: LoggedEvent, { id, placeId, accountId, cashMinor }: Happened): Promise<void> {
  const { tenantId, actor } = event;
  let drawer = await lockDrawer(tx, tenantId, accountId, placeId);
  if (!drawer) {
    await addElsewhere(tx, tenantId, placeId, 0n);
    // It may have become one while we waited.
    drawer = await lockDrawer(tx, tenantId, accountId, placeId);
  }
  if (!drawer) return addElsewhere(tx, tenantId, placeId, cashMinor);
  await addTold(tx, deps, { tenantId, actor }, { drawer, id, cashMinor, atMs: instantMs(event.time) });
}

/**
 * Into the session that is open, if it was open at that moment. What came before its opening lay in the drawer when the float was counted, or was missing: the books are brought back to
 * what was counted by a difference. With no session open the next opening finds it.
 */
async function addTold(
  tx: Tx,
  deps: DrawersDeps,
  who: Who,
  told: { drawer: DrawerRow; id: string; cashMinor: bigint; atMs: number },
): Promise<void> {
  const { drawer, id, cashMinor, atMs } = told;
  const session = await findOpenSession(tx, who.tenantId, drawer.placeId);
  const isOfSession = session !== undefined && session.openedMs <= atMs;
  const hours = session ?? (await findHours(tx, who.tenantId, drawer.storeId));
  const amountMinor = cashMinor < 0n ? -cashMinor : cashMinor;
  const where = {
    sessionId: isOfSession ? session.id : null,
    phase: isOfSession ? ('till' as const) : ('outside' as const),
    atMs,
    hours,
    amountMinor,
  };
  await addMovement(tx, deps, who, drawer, { ...where, id, kind: cashMinor > 0n ? 'entry-in' : 'entry-out' });
  if (session && !isOfSession)
    await addMovement(tx, deps, who, drawer, {
      ...where,
      id: derivedId('drawers.corrected', id),
      kind: cashMinor > 0n ? 'shortage' : 'surplus',
      note: NOTE,
    });
}
