import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { assert } from '#platform/errors.ts';
import { type By, ofSettlement, ofTitle } from './announce.ts';
import { type Deps, MODULE } from './deps.ts';
import { cashOf } from './domain/charges.ts';
import { cashLines } from './domain/entries.ts';
import { type BookingRecord, type ClaimedBooking, endBooking, findBookings } from './store/bookings.ts';
import { lockSettlement, type SettlementRecord, setSettlement } from './store/settlements.ts';
import { lockTitle, type TitleRecord, updateTitle } from './store/titles.ts';

export type Outcome = { state: 'recorded' } | { state: 'refused'; code: string };

/** What it means here that the books have something, or refuse it. Known once: told again, it changes nothing. */
export function createOutcomes({ db, bus, clock }: Pick<Deps, 'db' | 'bus' | 'clock'>) {
  async function settle(ctx: CallContext, booking: ClaimedBooking, outcome: Outcome): Promise<void> {
    const { tenantId, accountId, titleId, settlementId } = booking;
    const by: By = { tenantId, actor: ctx.actor, at: new Date(clock.now()) };
    await db.tx({ module: MODULE, tenants: [tenantId] }, async (tx) => {
      const title = await lockTitle(tx, tenantId, accountId, titleId);
      assert(title, `booking ${booking.id} is of no title`);
      const settlement = settlementId === null ? undefined : await lockSettlement(tx, tenantId, titleId, settlementId);
      const refusal = outcome.state === 'refused' ? outcome.code : null;
      if (!(await endBooking(tx, tenantId, booking.id, outcome.state, refusal))) return;
      if (refusal !== null) await dropWhatWaits(tx, tenantId, titleId, booking.id);
      if (!settlement) return;
      if (booking.purpose !== 'payment') {
        // The payment stands; somebody has to look at what its charges became.
        if (refusal !== null) setSettlement(tx, tenantId, settlement.id, settlement.status, refusal);
        return;
      }
      if (booking.action === 'record') await paid(tx, by, { title, settlement, refusal });
      else await takenBack(tx, by, { title, settlement, refusal });
    });
  }

  type Found = { title: TitleRecord; settlement: SettlementRecord; refusal: string | null };

  async function paid(tx: Tx, by: By, { title, settlement, refusal }: Found): Promise<void> {
    if (refusal !== null) return reopen(tx, by, { title, settlement, refusal }, 'refused');
    if (settlement.status === 'recording') setSettlement(tx, by.tenantId, settlement.id, 'recorded', null);
    await bus.publish(tx, [await booked(tx, by, title, settlement, 'recorded')]);
  }

  async function takenBack(tx: Tx, by: By, { title, settlement, refusal }: Found): Promise<void> {
    // It may be that there was nothing to take back: the books had refused the payment.
    if (settlement.status !== 'undoing') return;
    if (refusal !== null) return setSettlement(tx, by.tenantId, settlement.id, 'recorded', refusal);
    await bus.publish(tx, [await booked(tx, by, title, settlement, 'undone')]);
    await reopen(tx, by, { title, settlement, refusal: null }, 'undone');
  }

  async function reopen(tx: Tx, by: By, { title, settlement, refusal }: Found, status: 'refused' | 'undone'): Promise<void> {
    setSettlement(tx, by.tenantId, settlement.id, status, refusal);
    const opened = { ...title, settledMinor: title.settledMinor - settlement.principalMinor };
    await bus.publish(tx, [ofTitle(by, opened, 'reopened', await updateTitle(tx, by.tenantId, opened))]);
  }

  async function booked(tx: Tx, by: By, title: TitleRecord, settlement: SettlementRecord, change: 'recorded' | 'undone') {
    const own = (await findBookings(tx, by.tenantId, title.id)).filter(
      (one) => one.settlementId === settlement.id && one.action === 'record',
    );
    const payment = own.find(({ purpose }) => purpose === 'payment')!;
    const charges = own.find(({ purpose }) => purpose === 'charges')?.entry?.lines?.[0]?.category ?? title.categoryId;
    const lines = cashLines(settlement, { title: title.categoryId, charges });
    return ofSettlement(by, {
      settlementId: settlement.id,
      titleId: title.id,
      accountId: title.accountId,
      kind: title.kind,
      change,
      entryId: payment.entryId,
      paidOn: settlement.paidOn,
      placeId: settlement.placeId,
      cashMinor: cashOf(settlement.principalMinor, settlement).toString(),
      lines: lines.map(({ categoryId, amountMinor }) => ({ categoryId, amountMinor: amountMinor.toString() })),
    });
  }

  return { settle };
}

/** What was to be sent after something that came to nothing. */
async function dropWhatWaits(tx: Tx, tenantId: string, titleId: string, id: string): Promise<void> {
  const waiting = (await findBookings(tx, tenantId, titleId)).filter(
    ({ after, state }: BookingRecord) => after === id && state === 'waiting',
  );
  for (const one of waiting) await endBooking(tx, tenantId, one.id, 'dropped', null);
}
