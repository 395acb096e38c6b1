import { type Static, type TSchema, Type } from 'typebox';
import { UUID_PATTERN } from '#platform/id.ts';
import { MINOR_PATTERN, SIGNED_MINOR_PATTERN } from '#platform/money.ts';

/**
 * What the ledger publishes. Positions in the log follow the ledger's own order (`seq`) within a tenant, since a batch writes its
 * events while it holds the tenant's head. An event about two accounts has one key: the debit account when it belongs to a subject, else
 * the credit account; so whatever happens to one customer's account shares a key with it, except where two customers meet. A consumer
 * that keeps a latest value an account compares `seq` and is right in any order. Fields added to a version later are optional: events
 * of before stay in the log without them.
 */
const Id = Type.String({ pattern: UUID_PATTERN });
const Instant = Type.String();
const Minor = Type.String({ pattern: MINOR_PATTERN });
const SignedMinor = Type.String({ pattern: SIGNED_MINOR_PATTERN });
const Side = Type.Union([Type.Literal('debit'), Type.Literal('credit')]);
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Metadata = nullable(Type.Record(Type.String(), Type.String()));

/** One of the two accounts, with its balance right after the movement. Amounts in minor units of the event's asset. */
const Party = Type.Object({
  accountId: Id,
  code: Type.String(),
  normalSide: Side,
  subjectId: nullable(Id),
  postedMinor: SignedMinor,
  heldMinor: Minor,
  availableMinor: SignedMinor,
});

const movement = {
  transferId: Id,
  seq: Type.Integer(),
  asset: Type.String(),
  amountMinor: Minor,
  debit: Party,
  credit: Party,
  effectiveAt: Instant,
  recordedAt: Instant,
  metadata: Metadata,
  /** The first command of the atomic block it is part of. */
  blockId: Type.Optional(nullable(Id)),
};

export const ledgerEvents = {
  /** An account exists from now on. */
  'ledger.account-opened.v1': Type.Object({
    accountId: Id,
    code: Type.String(),
    asset: Type.String(),
    normalSide: Side,
    subjectId: nullable(Id),
    overdraftLimitMinor: Minor,
    openedAt: Instant,
  }),
  /**
   * Money moved: a transfer, or a hold settled (`holdId`; `releasedMinor` is the remainder set free). A reversal is a transfer the other
   * way that names what it takes back in `reverses`.
   */
  'ledger.entry-posted.v1': Type.Object({
    ...movement,
    kind: Type.Union([Type.Literal('transfer'), Type.Literal('settle')]),
    holdId: nullable(Id),
    releasedMinor: Minor,
    /** What the hold still holds, where a settlement left the rest held. */
    remainingMinor: Type.Optional(Minor),
    reverses: Type.Optional(nullable(Id)),
  }),
  /** An amount is set aside on the debit account. */
  'ledger.hold-placed.v1': Type.Object({
    ...movement,
    expiresAt: nullable(Instant),
    purpose: Type.Optional(Type.Union([Type.Literal('payment'), Type.Literal('judicial'), Type.Literal('med')])),
  }),
  /** A hold ended without moving money; `reason` is `expiry` when its time ran out. */
  'ledger.hold-released.v1': Type.Object({ ...movement, holdId: Id, reason: Type.String() }),
  /** An account was frozen, closed, reopened or given another overdraft limit: what it is from now on. */
  'ledger.account-changed.v1': Type.Object({
    accountId: Id,
    code: Type.String(),
    asset: Type.String(),
    subjectId: nullable(Id),
    seq: Type.Integer(),
    state: Type.Union([Type.Literal('open'), Type.Literal('frozen'), Type.Literal('closed')]),
    /** The same, and `blocked`: nothing new in or out (`state` says frozen then). */
    standing: Type.Optional(Type.Union([Type.Literal('open'), Type.Literal('frozen'), Type.Literal('blocked'), Type.Literal('closed')])),
    overdraftLimitMinor: Minor,
    reason: Type.String(),
    blockId: nullable(Id),
    recordedAt: Instant,
  }),
  /** Nothing may be dated on or before the business date `until` any more, in the whole tenant. */
  'ledger.period-closed.v1': Type.Object({ seq: Type.Integer(), until: Type.String(), recordedAt: Instant }),
  /** The checker found that the ledger says two things in two places: `check` is which comparison, `where` the account, hold, batch or place. */
  'ledger.drift-found.v1': Type.Object({ check: Type.String(), where: Type.String(), detail: Type.String(), foundAt: Instant }),
} as const;

export type LedgerEventType = keyof typeof ledgerEvents;
export type LedgerEventData<T extends LedgerEventType> = Static<(typeof ledgerEvents)[T]>;

export const ACCOUNT_OPENED = 'ledger.account-opened.v1';
export const ACCOUNT_CHANGED = 'ledger.account-changed.v1';
export const PERIOD_CLOSED = 'ledger.period-closed.v1';
export const ENTRY_POSTED = 'ledger.entry-posted.v1';
export const HOLD_PLACED = 'ledger.hold-placed.v1';
export const HOLD_RELEASED = 'ledger.hold-released.v1';
export const DRIFT_FOUND = 'ledger.drift-found.v1';

export type AccountOpened = LedgerEventData<typeof ACCOUNT_OPENED>;
export type AccountChanged = LedgerEventData<typeof ACCOUNT_CHANGED>;
export type PeriodClosed = LedgerEventData<typeof PERIOD_CLOSED>;
export type EntryPosted = LedgerEventData<typeof ENTRY_POSTED>;
export type HoldPlaced = LedgerEventData<typeof HOLD_PLACED>;
export type HoldReleased = LedgerEventData<typeof HOLD_RELEASED>;
export type DriftFound = LedgerEventData<typeof DRIFT_FOUND>;
export type Party = Static<typeof Party>;
