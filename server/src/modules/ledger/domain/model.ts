/** Plain data of the ledger's decisions. Amounts are bigint minor units, times epoch milliseconds. */

import type { Words } from '#platform/errors.ts';
import type { LedgerCode } from '../errors.ts';

export type Side = 'debit' | 'credit';

export type Account = {
  id: string;
  code: string;
  asset: string;
  normalSide: Side;
  debitsMustNotExceedCredits: boolean;
  creditsMustNotExceedDebits: boolean;
  /** How far beyond its limit an account with a limit may go; 0n for no overdraft. */
  overdraftLimit: bigint;
  subjectId: string | null;
};

/** Four running totals that only grow, except the pending ones, which fall when holds end. */
export type Balance = { postedDebits: bigint; postedCredits: bigint; pendingDebits: bigint; pendingCredits: bigint };

/**
 * A frozen account lets nothing new out, a blocked one nothing new in or out, whatever it has; a closed one is empty and takes nothing at all.
 */
export type Standing = 'open' | 'frozen' | 'blocked' | 'closed';

/** An account as of the head its balance was read at, with the overdraft limit it has by then. Never changed in place: a decision makes a new one. */
export type AccountState = { account: Account; balance: Balance; standing: Standing };

/** What the caller may attach: references, never personal data. */
export type Metadata = Record<string, string>;

/** What a balance must be once the command is done, or the command is refused. Of any account, also one without a limit. */
export type Condition = {
  accountId: string;
  /** On the account's normal side: what is posted, or that less what is held. */
  balance: 'posted' | 'available';
  atLeast: bigint | null;
  atMost: bigint | null;
};

/** What every command may say: its name, and what must be so after it. */
type CommandBase = { id: string; onlyIf: readonly Condition[] | null };
type MovementBase = CommandBase & { effectiveAt: number | null; metadata: Metadata | null };
type Parties = { debitAccountId: string; creditAccountId: string };
/** `balancing`: `amount` is a ceiling, and what the limit leaves is moved. */
export type TransferCommand = MovementBase & Parties & { kind: 'transfer'; amount: bigint; balancing: Balancing | null };
/** A hold for a court or a MED names its case as `reference`; one for a payment has none, and is ended by whoever placed it alone. */
export type HoldCommand = MovementBase &
  Parties & {
    kind: 'hold';
    amount: bigint;
    balancing: Balancing | null;
    expiresAt: number | null;
    purpose: Exclude<Purpose, 'payment'> | null;
    reference: string | null;
    by: string | null;
  };
/**
 * `amount` null settles all that is held; less releases the remainder, or with `keepRest` leaves it held. `reference` repeats that of the
 * hold.
 */
export type SettleCommand = MovementBase & {
  kind: 'settle';
  holdId: string;
  amount: bigint | null;
  keepRest: boolean;
  reference: string | null;
  by: string | null;
};
export type ReleaseCommand = MovementBase & {
  kind: 'release';
  holdId: string;
  reason: string;
  reference: string | null;
  by: string | null;
};
/** Takes a transfer or a settlement back by its counter-entry. `amount` null takes back all that is left of it. */
export type ReverseCommand = MovementBase & { kind: 'reverse'; transferId: string; amount: bigint | null };
export type MovementCommand = TransferCommand | HoldCommand | SettleCommand | ReleaseCommand | ReverseCommand;

/** What is null stays as it is. */
export type AccountCommand = CommandBase & {
  kind: 'account';
  accountId: string;
  state: Standing | null;
  overdraftLimit: bigint | null;
  reason: string;
  by: string | null;
};
/** Nothing may be dated on `until` (a business date, YYYY-MM-DD) or before from now on. */
export type ClosePeriodCommand = CommandBase & { kind: 'close-period'; until: string; by: string | null };
export type DirectiveCommand = AccountCommand | ClosePeriodCommand;

export type Command = MovementCommand | DirectiveCommand;

export const EXPIRY_REASON = 'expiry';

/** Which limit a movement may be cut down to; with both, the lower of the two. */
export type Balancing = 'debit' | 'credit' | 'both';
/** Why money is set aside: for a payment, by order of a court, or by the Pix special return mechanism (MED). */
export type Purpose = 'payment' | 'judicial' | 'med';

export type TransferKind = 'transfer' | 'hold' | 'settle' | 'release' | 'reverse';

/** A committed (or about to be) movement. `held` is what a settle or release takes out of pending: all that is held, unless the rest is kept. */
export type Transfer = {
  id: string;
  seq: number;
  kind: TransferKind;
  debitAccountId: string;
  creditAccountId: string;
  amount: bigint;
  held: bigint | null;
  holdId: string | null;
  reason: string | null;
  effectiveAt: number;
  recordedAt: number;
  expiresAt: number | null;
  metadata: Metadata | null;
  /** The first command of the atomic block it is part of. */
  blockId: string | null;
  balancing: Balancing | null;
  /** What was asked for, where less was moved. */
  requested: bigint | null;
  /** The movement a reverse takes back. */
  reverses: string | null;
  /** Null stands for a payment. */
  purpose: Exclude<Purpose, 'payment'> | null;
  /** Court case or MED request behind a hold of its own purpose, and behind what ends it. */
  reference: string | null;
  /** Who placed a hold: kind and id of the actor. Null for every other movement, and for holds of before it was kept. */
  placedBy: string | null;
  /** What a settlement that keeps the rest leaves held; 0n when it was all. Null for every other movement. */
  remaining: bigint | null;
  /** What was asked to be so afterwards. */
  onlyIf: readonly Condition[] | null;
};

/** What changes the rules rather than the balances; takes its place in the same sequence as movements. */
export type Directive = {
  id: string;
  seq: number;
  kind: 'account' | 'close-period';
  recordedAt: number;
  blockId: string | null;
  accountId: string | null;
  state: Standing | null;
  overdraftLimit: bigint | null;
  reason: string | null;
  /** Last business date that is closed, YYYY-MM-DD. */
  until: string | null;
  /** Who asked for it: kind and id of the actor. Null before it was kept. */
  by: string | null;
  onlyIf: readonly Condition[] | null;
};

/** One place in the ledger. */
export type LedgerRecord = Transfer | Directive;

/** One account's share of a transfer, with its balance afterwards. `effectiveAt` is null when it took effect as it was recorded. */
export type Entry = {
  accountId: string;
  seq: number;
  side: Side;
  postedChange: bigint;
  pendingChange: bigint;
  effectiveAt: number | null;
  after: Balance;
};

export type Hold = {
  id: string;
  seq: number;
  debitAccountId: string;
  creditAccountId: string;
  /** What is still held of it. */
  amount: bigint;
  expiresAt: number | null;
  recordedAt: number;
  effectiveAt: number;
  purpose: Exclude<Purpose, 'payment'> | null;
  reference: string | null;
  placedBy: string | null;
};

/** A movement that may be taken back, with how much of it was already; or an id that stands for something else. */
export type Original = { transfer: Transfer; reversed: bigint } | 'other';

export type HoldState = { state: 'open'; hold: Hold } | { state: 'settled' | 'released' | 'expired' | 'not-a-hold' };

export type Rejection = { code: LedgerCode; detail: Words };

/** An id that was answered before, with what it said then. */
export type Known =
  | { outcome: 'done'; record: LedgerRecord }
  | { outcome: 'rejected'; command: Command; rejection: Rejection; recordedAt: number };

/**
 * What one command came to. `duplicate`: the id was answered before, and this is that answer. `amount`: what was moved or held, where
 * the command left that to the ledger.
 */
export type Outcome =
  | { id: string; outcome: 'done'; duplicate: boolean; seq: number; recordedAt: number; amount?: bigint }
  | { id: string; outcome: 'rejected'; duplicate: boolean; code: LedgerCode; detail: Words; field?: string; recordedAt: number };
