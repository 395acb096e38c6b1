import { type Static, Type } from 'typebox';
import { BusinessDate, Minor, SignedMinor, Uuid } from '#platform/schemas.ts';

/** Something will come by card, or will be taken: a sale, a chargeback, a refund. Key: saleId. */
export const RECEIVABLES_MADE = 'cards.receivables-made.v1';
export const ReceivablesMade = Type.Object({
  saleId: Uuid,
  accountId: Uuid,
  type: Type.String(),
  grossMinor: SignedMinor,
  dueDates: Type.Array(BusinessDate),
});
export type ReceivablesMade = Static<typeof ReceivablesMade>;

/** Receivables come sooner, for a fee. Key: accountId. */
export const RECEIVABLES_ANTICIPATED = 'cards.receivables-anticipated.v1';
export const ReceivablesAnticipated = Type.Object({ accountId: Uuid, receivableIds: Type.Array(Uuid), feeMinor: Minor, on: BusinessDate });
export type ReceivablesAnticipated = Static<typeof ReceivablesAnticipated>;

/** A deposit paid receivables. Key: lotId. */
export const LOT_SETTLED = 'cards.lot-settled.v1';
export const LotSettled = Type.Object({
  lotId: Uuid,
  accountId: Uuid,
  date: BusinessDate,
  depositMinor: Minor,
  remainderMinor: SignedMinor,
});
export type LotSettled = Static<typeof LotSettled>;

/** Everything this module publishes, by type. */
export const events = {
  [RECEIVABLES_MADE]: ReceivablesMade,
  [RECEIVABLES_ANTICIPATED]: ReceivablesAnticipated,
  [LOT_SETTLED]: LotSettled,
} as const;
