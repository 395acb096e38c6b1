import { type Static, Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { BusinessDate, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';

/** One business day of an account; amounts are decimal strings of minor units. */
export const Day = Type.Object({
  date: BusinessDate,
  openingMinor: SignedMinor,
  inMinor: Minor,
  outMinor: Minor,
  netMinor: SignedMinor,
  closingMinor: SignedMinor,
});
export type Day = Static<typeof Day>;

export const Days = Type.Object({
  /**
   * Every business date of the range, oldest first; a day without movement carries the balance over. Empty when nothing of the account
   * has been projected yet but something waits: that is not a balance of zero.
   */
  days: Type.Array(Day),
  /** When a day of the range (or the last one before it) last changed; null when none ever did. */
  updatedAt: nullable(Type.String()),
  /** Log position of the newest event in these figures: the same position means the same figures. "0" when there is none. */
  position: Minor,
  /** How long the oldest event not yet in the figures has been waiting; 0 when none waits. */
  lagMs: Type.Integer({ minimum: 0 }),
  /** True when events wait to be projected, so that the figures may still change for what already happened. */
  pending: Type.Boolean(),
  /** With `after`: whether that place of the ledger is in the figures. */
  reached: Type.Optional(Type.Boolean()),
});
export type Days = Static<typeof Days>;

export const MAX_DAYS = 400;
/** Ten years: what is added up is read from rows a day. */
export const MAX_SUM_DAYS = 3_660;
const MAX_SUM_ACCOUNTS = 1_000;

/** What many accounts moved, by period. */
export const Sums = Type.Object({
  /** Where nothing moved there is none. `period` is a date, or AAAA-MM. */
  sums: Type.Array(Type.Object({ accountId: Uuid, period: Type.String(), inMinor: Minor, outMinor: Minor })),
  /** What each had before the range, where it had anything. */
  openings: Type.Array(Type.Object({ accountId: Uuid, openingMinor: SignedMinor })),
  /** As in `Days`. */
  lagMs: Type.Integer({ minimum: 0 }),
  pending: Type.Boolean(),
});

export const cashflowContract = defineContract('cashflow', {
  /** Days of a ledger account. Throws CASHFLOW_RANGE_INVALID for dates that do not exist, a range turned round or over 400 days. */
  getDays: {
    input: Type.Object({ accountId: Uuid, from: BusinessDate, to: BusinessDate }),
    output: Days,
  },
  /**
   * Days of a shop's books: of all its places, of a store, or of one place. Transfers between what is asked for count in neither in nor out. `after`: waits,
   * for two seconds at the most, until that place of the ledger is in the figures. Asks `accounts` for `see`.
   * @throws CASHFLOW_RANGE_INVALID, CASHFLOW_ACCOUNT_NOT_FOUND for a store or place that is not the shop's
   */
  getShopDays: {
    input: Type.Object({
      accountId: Uuid,
      storeId: Type.Optional(Uuid),
      placeId: Type.Optional(Uuid),
      from: BusinessDate,
      to: BusinessDate,
      after: Type.Optional(Type.Integer({ minimum: 0 })),
    }),
    output: Days,
  },
  /** What ledger accounts moved, by day or month, both dates included; for reports. Throws CASHFLOW_RANGE_INVALID, over ten years too. */
  sumPeriods: {
    input: Type.Object({
      accountIds: Type.Array(Uuid, { maxItems: MAX_SUM_ACCOUNTS }),
      from: BusinessDate,
      to: BusinessDate,
      by: Type.Union([Type.Literal('day'), Type.Literal('month')]),
    }),
    output: Sums,
  },
});

export type CashflowFace = Face<typeof cashflowContract>;
