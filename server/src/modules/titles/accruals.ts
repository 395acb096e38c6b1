import type { Tx } from '#platform/db/db.ts';
import { accrualId, accrualOf, reversalId } from './domain/entries.ts';
import { endBooking, insertBookings, lockBookings, type NewBooking } from './store/bookings.ts';
import type { TitleRecord } from './store/titles.ts';

/**
 * What the books are to have of a title's competência, once its day has come. One that is accrued anew waits for the reversal of what was (`after`), and like it
 * stands on the first open day where its own is closed: the books never have both, nor neither.
 */
export function accrualBooking(tenantId: string, title: TitleRecord, after: string | null = null): NewBooking {
  const id = accrualId(tenantId, title.id, title.generation);
  return {
    id,
    accountId: title.accountId,
    titleId: title.id,
    settlementId: null,
    entryId: id,
    purpose: 'accrual',
    action: 'record',
    entry: accrualOf({ ...title, late: title.late || after !== null }),
    bookOn: title.competenceOn,
    after,
  };
}

/** True when a change of this title is one of what was accrued. */
export const isAccruedAnew = (before: TitleRecord, after: TitleRecord): boolean =>
  before.amountMinor !== after.amountMinor || before.categoryId !== after.categoryId || before.competenceOn !== after.competenceOn;

/**
 * What was accrued of a title's present generation does not hold any more: what the books never saw is dropped, the rest is taken back, as soon as it is known what
 * became of it. Answers the reversal that comes before anything accrued anew, if there is one. The title is locked.
 */
export async function takeBackAccrual(tx: Tx, tenantId: string, title: TitleRecord, today: string, at: Date): Promise<string[]> {
  const id = accrualId(tenantId, title.id, title.generation);
  const accrual = (await lockBookings(tx, tenantId, title.id)).find((booking) => booking.id === id);
  if (!accrual || accrual.state === 'refused' || accrual.state === 'dropped') return [];
  if (accrual.state === 'waiting' && accrual.attempts === 0) {
    await endBooking(tx, tenantId, id, 'dropped', null);
    return accrual.after === null ? [] : [accrual.after];
  }
  const reversal = { ...accrual, id: reversalId(id), action: 'reverse' as const, entry: null, bookOn: today, after: id };
  insertBookings(tx, tenantId, [reversal], at);
  return [reversal.id];
}
