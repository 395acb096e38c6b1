/** Plain data of the ledger's decisions. Amounts are bigint minor units, times epoch milliseconds. */

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

/** An account as of the head its balance was read at. Never changed in place: a decision makes a new one. */
export type AccountState = { account: Account; balance: Balance };

/** What the caller may attach: references, never personal data. */
export type Metadata = Record<string, string>;

type CommandBase = { id: string; effectiveAt: number | null; metadata: Metadata | null };
export type TransferCommand = CommandBase & { kind: 'transfer'; debitAccountId: string; creditAccountId: string; amount: bigint };
export type HoldCommand = CommandBase & {
  kind: 'hold';
  debitAccountId: string;
  creditAccountId: string;
  amount: bigint;
  expiresAt: number | null;
};
/** `amount` null settles all that is held; less releases the remainder. */
export type SettleCommand = CommandBase & { kind: 'settle'; holdId: string; amount: bigint | null };
export type ReleaseCommand = CommandBase & { kind: 'release'; holdId: string; reason: string };
export type Command = TransferCommand | HoldCommand | SettleCommand | ReleaseCommand;

export const EXPIRY_REASON = 'expiry';

/** A committed (or about to be) movement. `held` is what a settle or release takes out of pending. */
export type Transfer = {
  id: string;
  seq: number;
  kind: Command['kind'];
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
};

/** One account's share of a transfer, with its balance afterwards. */
export type Entry = { accountId: string; seq: number; side: Side; postedChange: bigint; pendingChange: bigint; after: Balance };

export type Hold = {
  id: string;
  seq: number;
  debitAccountId: string;
  creditAccountId: string;
  amount: bigint;
  expiresAt: number | null;
  recordedAt: number;
};

export type HoldState = { state: 'open'; hold: Hold } | { state: 'settled' | 'released' | 'expired' | 'not-a-hold' };

export type Rejection = { code: LedgerCode; detail: string };

/** An id that was answered before, with what it said then. */
export type Known =
  | { outcome: 'done'; transfer: Transfer }
  | { outcome: 'rejected'; command: Command; rejection: Rejection; recordedAt: number };

/** What one command came to. `duplicate`: the id was answered before, and this is that answer. */
export type Outcome =
  | { id: string; outcome: 'done'; duplicate: boolean; seq: number; recordedAt: number }
  | { id: string; outcome: 'rejected'; duplicate: boolean; code: LedgerCode; detail: string; field?: string; recordedAt: number };
