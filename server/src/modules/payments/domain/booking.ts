/**
 * The ways in which the end of a payment is booked. The ledger remembers a refusal under the id it was asked under and answers the same
 * for ever: that is what makes it safe to go on under the next id, since what was refused can never take effect later.
 */

/** Where the payer's money is, as far as a commit of ours says. */
export type Money = 'none' | 'held' | 'posted' | 'released';

/**
 * - `settle`: the hold is settled, dated as the provider settled; `settle-now`: undated, where the ledger does not take the date;
 * - `transfer`: the hold is gone, so the money is taken anew; `receivable`: it has been spent meanwhile, and the payer owes it to us.
 */
export type PostBy = 'settle' | 'settle-now' | 'transfer' | 'receivable';
/** `give-back`: the hold was settled, so that the money comes back from clearing. */
export type ReleaseBy = 'release' | 'give-back';

export type Booking = {
  money: Money;
  /** Epoch milliseconds at which the ledger held the money: no settlement of it may be dated before. Null: held before dates were kept. */
  heldAtMs: number | null;
  postBy: PostBy;
  /** Grows with each definite refusal; part of the ledger command's id from 2 on. */
  postRound: number;
  releaseBy: ReleaseBy;
  releaseRound: number;
};

export const FIRST_BOOKING: Booking = {
  money: 'none',
  heldAtMs: null,
  postBy: 'settle',
  postRound: 1,
  releaseBy: 'release',
  releaseRound: 1,
};

const pickBooking = ({ money, heldAtMs, postBy, postRound, releaseBy, releaseRound }: Booking): Booking => ({
  money,
  heldAtMs,
  postBy,
  postRound,
  releaseBy,
  releaseRound,
});

const HOLD_GONE = new Set(['LEDGER_HOLD_ALREADY_RELEASED', 'LEDGER_HOLD_EXPIRED', 'LEDGER_HOLD_UNKNOWN', 'LEDGER_NOT_A_HOLD']);
const DATE_REFUSED = new Set(['LEDGER_EFFECTIVE_IN_FUTURE', 'LEDGER_EFFECTIVE_BEFORE_ORIGINAL', 'LEDGER_PERIOD_CLOSED']);
/** Something else was booked under the id, perhaps this very money: nothing is safe but a person's look. */
export const ID_TAKEN = 'LEDGER_ID_CONFLICT';

/** How to post after a refusal; null when no way is left. */
export function escalatePost(booking: Booking, code: string): Booking | null {
  const next = (postBy: PostBy): Booking => ({ ...pickBooking(booking), postBy, postRound: booking.postRound + 1 });
  if (code === ID_TAKEN) return null;
  switch (booking.postBy) {
    case 'settle':
      if (DATE_REFUSED.has(code)) return next('settle-now');
      return HOLD_GONE.has(code) ? next('transfer') : null;
    case 'settle-now':
      return HOLD_GONE.has(code) ? next('transfer') : null;
    case 'transfer':
      return next('receivable');
    case 'receivable':
      return null;
  }
}

/** How to give back after a refusal; `done` when the payer has the money already, null when no way is left. */
export function escalateRelease(booking: Booking, code: string): Booking | 'done' | null {
  if (booking.releaseBy === 'give-back') return null;
  if (HOLD_GONE.has(code)) return 'done';
  if (code !== 'LEDGER_HOLD_ALREADY_SETTLED') return null;
  return { ...pickBooking(booking), releaseBy: 'give-back', releaseRound: booking.releaseRound + 1 };
}

/** Posting what a commit says was given back before takes the money anew; else the first way, or the one reached, under the same id. */
export function startPostingAgain(booking: Booking): Booking {
  if (booking.money !== 'released') return pickBooking(booking);
  return { ...pickBooking(booking), postBy: 'transfer', postRound: booking.postRound + 1 };
}

/** Giving back what was posted before takes it from clearing. */
export function startGivingBack(booking: Booking): Booking {
  if (booking.money !== 'posted') return pickBooking(booking);
  return { ...pickBooking(booking), releaseBy: 'give-back', releaseRound: booking.releaseRound + 1 };
}
