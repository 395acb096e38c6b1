import { type Static, Type } from 'typebox';
import { BusinessDate, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';

/** A drawer was opened, is being counted, was closed, or was reviewed. Key: placeId. What should lie in it is not said: whoever is to count it may listen. */
export const SESSION_PROGRESSED = 'drawers.session-progressed.v1';
export const SessionProgressed = Type.Object({
  sessionId: Uuid,
  accountId: Uuid,
  placeId: Uuid,
  storeId: Uuid,
  status: Type.String(),
  businessDate: BusinessDate,
});
export type SessionProgressed = Static<typeof SessionProgressed>;

/** Something happened at a drawer. Key: placeId. */
export const MOVEMENT_RECORDED = 'drawers.movement-recorded.v1';
export const MovementRecorded = Type.Object({
  movementId: Uuid,
  accountId: Uuid,
  placeId: Uuid,
  sessionId: nullable(Uuid),
  kind: Type.String(),
  method: Type.String(),
  amountMinor: Minor,
  businessDate: BusinessDate,
  /** The movement it takes back. */
  voids: nullable(Uuid),
  /** Of a sale by card, what the terminal says. */
  card: nullable(Type.Object({ acquirer: nullable(Type.String()), brand: nullable(Type.String()), instalments: Type.Integer() })),
});
export type MovementRecorded = Static<typeof MovementRecorded>;

/** What was counted is not what was expected. Key: placeId. */
export const DIFFERENCE_FOUND = 'drawers.difference-found.v1';
export const DifferenceFound = Type.Object({
  differenceId: Uuid,
  sessionId: Uuid,
  accountId: Uuid,
  placeId: Uuid,
  stage: Type.String(),
  method: Type.String(),
  differenceMinor: SignedMinor,
});
export type DifferenceFound = Static<typeof DifferenceFound>;

/** More lies in a drawer than its limit. Told when it comes to be so. Key: placeId. */
export const WITHDRAWAL_DUE = 'drawers.withdrawal-due.v1';
export const WithdrawalDue = Type.Object({ accountId: Uuid, placeId: Uuid, sessionId: Uuid });
export type WithdrawalDue = Static<typeof WithdrawalDue>;

/** A sale that the till tells too late waits for a decision. Key: placeId. */
export const SALE_CAME_LATE = 'drawers.sale-came-late.v1';
export const SaleCameLate = Type.Object({ saleId: Uuid, accountId: Uuid, placeId: Uuid, why: Type.String() });
export type SaleCameLate = Static<typeof SaleCameLate>;

/** Everything this module publishes, by type. */
export const events = {
  [SESSION_PROGRESSED]: SessionProgressed,
  [MOVEMENT_RECORDED]: MovementRecorded,
  [DIFFERENCE_FOUND]: DifferenceFound,
  [WITHDRAWAL_DUE]: WithdrawalDue,
  [SALE_CAME_LATE]: SaleCameLate,
} as const;
