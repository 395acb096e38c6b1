import {
  ENTRY_RECATEGORISED,
  ENTRY_RECORDED,
  ENTRY_REFUSED,
  ENTRY_REVERSED,
  type EntryRecategorised,
  type EntryRecorded,
  type EntryRefused,
  type EntryReversed,
} from '#books/events';
import type { LoggedEvent, Subscription } from '#platform/bus/bus.ts';
import type { Tx } from '#platform/db/db.ts';
import { SETTLEMENT_BOOKED, type SettlementBooked } from '#titles/events';
import { type CashEntry, cashOf, changeOf, evolve, linesOf, type Told, UNKNOWN } from './domain/cash-entry.ts';
import { addToDays, lockCashEntries, saveCashEntries } from './store/cash.ts';

export const GROUP = 'reports.cash';
export const TYPES = [ENTRY_RECORDED, ENTRY_RECATEGORISED, ENTRY_REVERSED, ENTRY_REFUSED, SETTLEMENT_BOOKED] as const;

/** The days of the cash flow by payment, from what the books and titles tell. Each event counts once: its effect and the group's cursor change together. */
export const cashSubscription: Subscription = {
  group: GROUP,
  module: 'reports',
  types: TYPES,
  from: 'beginning',
  maxBatch: 500,
  gatherMs: 100,
  handle: (tx, events) => projectCash(tx, events),
};

/** Events of one tenant, in their order. */
export async function projectCash(tx: Tx, events: readonly LoggedEvent[]): Promise<void> {
  const tenantId = events[0]!.tenantId;
  const told = events.flatMap(toldBy);
  if (told.length === 0) return;
  const ids = [...new Set(told.map(({ entryId }) => entryId))];
  const known = await lockCashEntries(tx, tenantId, ids);
  const changed = [...Map.groupBy(told, ({ entryId }) => entryId)].flatMap(([id, own]) => {
    const before = known.get(id);
    // What never moved at a place was not kept.
    if (!before && !own.some(({ what }) => what.type === 'recorded' || what.type === 'settled')) return [];
    const state = own.reduce((now: CashEntry, { what }) => evolve(now, what), before ?? UNKNOWN);
    return [{ id, accountId: own[0]!.accountId, before: before ?? UNKNOWN, state }];
  });
  saveCashEntries(tx, tenantId, changed);
  addToDays(
    tx,
    tenantId,
    changed.flatMap(({ accountId, before, state }) => changeOf(before, state).map((effect) => ({ accountId, ...effect }))),
  );
}

type About = { entryId: string; accountId: string; what: Told };

function toldBy({ type, data }: LoggedEvent): About[] {
  switch (type) {
    case ENTRY_RECORDED: {
      const entry = data as EntryRecorded;
      const what = cashOf(entry);
      return what ? [{ entryId: entry.entryId, accountId: entry.accountId, what }] : [];
    }
    case ENTRY_RECATEGORISED: {
      const { entryId, accountId, version, after } = data as EntryRecategorised;
      return [{ entryId, accountId, what: { type: 'recategorised', version, lines: linesOf(after) } }];
    }
    case ENTRY_REVERSED: {
      const { entryId, accountId, version, by } = data as EntryReversed;
      // What another entry takes back stands: that one is told of as any other.
      return by === null ? [{ entryId, accountId, what: { type: 'reversed', version } }] : [];
    }
    case ENTRY_REFUSED: {
      const { entryId, accountId, version } = data as EntryRefused;
      return [{ entryId, accountId, what: { type: 'refused', version } }];
    }
    default: {
      const { entryId, accountId, change, lines } = data as SettlementBooked;
      // Undone, the books tell of the reversal.
      return change === 'recorded' ? [{ entryId, accountId, what: { type: 'settled', lines: linesOf(lines) } }] : [];
    }
  }
}
