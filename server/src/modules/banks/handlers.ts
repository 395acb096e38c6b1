import { ENTRY_RECORDED, ENTRY_REFUSED, ENTRY_REVERSED, type EntryRecorded, type EntryRefused, type EntryReversed } from '#books/events';
import type { LoggedEvent, Subscription } from '#platform/bus/bus.ts';
import { dropBookEntries, insertBookEntries, type NewBookEntry, settleMirrored } from './store/entries.ts';

/** The books' side of each place, for putting it beside the bank's. */
export const booksSubscription: Subscription = {
  group: 'banks.books-side',
  module: 'banks',
  types: [ENTRY_RECORDED, ENTRY_REFUSED, ENTRY_REVERSED],
  from: 'beginning',
  maxBatch: 500,
  async handle(tx, events) {
    const { tenantId } = events[0]!;
    await insertBookEntries(
      tx,
      tenantId,
      events.filter(({ type }) => type === ENTRY_RECORDED).flatMap(({ data }) => sidesOf(data as EntryRecorded)),
    );
    const gone = events.flatMap(goneOf);
    if (gone.length > 0) await dropBookEntries(tx, tenantId, gone);
    const mirrored = events.flatMap(mirroredOf);
    if (mirrored.length > 0) await settleMirrored(tx, tenantId, mirrored);
  },
};

/** Of each place that an entry moves, how the bank would say it. */
function sidesOf({ entryId, accountId, kind, amountMinor, placeId, toPlaceId, date, originModule }: EntryRecorded): NewBookEntry[] {
  const about = { entryId, accountId, date, isOurs: originModule === 'banks' };
  const amount = BigInt(amountMinor);
  const from = kind === 'in' || kind === 'opening' ? amount : -amount;
  // What stood there before is no movement of the bank.
  if (kind === 'opening') return [];
  return [
    ...(placeId === null ? [] : [{ ...about, placeId, amountMinor: from }]),
    ...(toPlaceId === null ? [] : [{ ...about, placeId: toPlaceId, amountMinor: amount }]),
  ];
}

function goneOf({ type, data }: LoggedEvent): string[] {
  if (type === ENTRY_REVERSED && (data as EntryReversed).by === null) return [(data as EntryReversed).entryId];
  // A change that was refused leaves the entry as it was.
  if (type === ENTRY_REFUSED && (data as EntryRefused).version === 1) return [(data as EntryRefused).entryId];
  return [];
}

/** What was taken back on a closed day stands on it, and what takes it back on a day of its own. */
function mirroredOf({ type, data }: LoggedEvent): { entryId: string; mirrorId: string }[] {
  if (type !== ENTRY_REVERSED) return [];
  const { entryId, by } = data as EntryReversed;
  return by === null ? [] : [{ entryId, mirrorId: by }];
}
