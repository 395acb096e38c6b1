import { nextBusinessDay } from '#platform/business-days.ts';
import { countDays } from '#platform/clock.ts';
import { percentOf } from './exact.ts';

/** What a title asks for when it is paid late, or gives when it is paid early. Rates are per cent, as text. */
export type Terms = {
  /** Multa: once, of what is settled late. */
  finePercent: string | null;
  /** Juros de mora, simple: of what is settled late, for each calendar day; a month has 30. */
  interest: { percent: string; per: 'day' | 'month' } | null;
  /** Given on what is settled on that day or before it. */
  discount: { percent: string; untilOn: string } | null;
};
export const NO_TERMS: Terms = { finePercent: null, interest: null, discount: null };

/** Lines of a settlement beside the principal, each its own: at or above zero. */
export type Charges = { fineMinor: bigint; interestMinor: bigint; discountMinor: bigint };

/**
 * Calendar days by which a payment is late. What falls due on a day on which banks do not settle may be paid on the next business day
 * without any charge (Lei 7.089/1983); whoever pays later is late since the due date.
 */
export function daysLate(dueOn: string, paidOn: string): number {
  return paidOn <= nextBusinessDay(dueOn) ? 0 : countDays(dueOn, paidOn) - 1;
}

/** What the terms ask for on a principal that is paid on a day. Of a part settled now, the charges of that part: the rest keeps its own. */
export function chargesOn(terms: Terms, dueOn: string, paidOn: string, principalMinor: bigint): Charges {
  const late = BigInt(daysLate(dueOn, paidOn));
  const { finePercent, interest, discount } = terms;
  return {
    fineMinor: late > 0n && finePercent ? percentOf(principalMinor, finePercent) : 0n,
    interestMinor: late > 0n && interest ? percentOf(principalMinor, interest.percent, late, interest.per === 'month' ? 30n : 1n) : 0n,
    discountMinor: discount && paidOn <= discount.untilOn ? percentOf(principalMinor, discount.percent) : 0n,
  };
}

/** What moves at the place where it is paid. */
export const cashOf = (principalMinor: bigint, { fineMinor, interestMinor, discountMinor }: Charges): bigint =>
  principalMinor + fineMinor + interestMinor - discountMinor;
