/** What the reference model speaks of. */

/** A command as it goes over the wire. Amounts are digits, instants ISO 8601, dates YYYY-MM-DD. */
export type Command = { id: string; kind: string } & Partial<{
  debitAccountId: string;
  creditAccountId: string;
  amountMinor: string;
  balancing: 'debit' | 'credit' | 'both';
  expiresAt: string | null;
  purpose: 'payment' | 'judicial' | 'med';
  reference: string;
  holdId: string;
  keepRest: boolean;
  transferId: string;
  accountId: string;
  state: 'open' | 'frozen' | 'blocked' | 'closed';
  overdraftLimitMinor: string;
  reason: string;
  until: string;
  effectiveAt: string;
  metadata: Record<string, string>;
  onlyIf: { accountId: string; balance?: 'posted' | 'available'; atLeastMinor?: string; atMostMinor?: string }[];
}>;

export type Account = {
  id: string;
  asset: string;
  /** The side on which the account grows. */
  normalSide: 'debit' | 'credit';
  debitsMustNotExceedCredits: boolean;
  creditsMustNotExceedDebits: boolean;
  overdraft: bigint;
  /** The overdraft limit it was opened with. */
  opened: bigint;
  state: 'open' | 'frozen' | 'blocked' | 'closed';
  /** Posted and pending, debits and credits: what every entry of the account must show after itself. */
  debits: bigint;
  credits: bigint;
  pendingDebits: bigint;
  pendingCredits: bigint;
};

export type Hold = {
  debit: string;
  credit: string;
  /** What is still held. */
  amount: bigint;
  effectiveAt: number;
  expiresAt: number | null;
  purpose: string | null;
  reference: string | null;
  state: 'open' | 'settled' | 'released' | 'expired';
  /** What arrived with what ended it. */
  settled: bigint;
};

/** What a command that was carried out left in the books; what it says nothing about is null. */
export type Booking = {
  id: string;
  kind: string;
  /** First command of the block it was part of. */
  block: string | null;
  debit: string | null;
  credit: string | null;
  amount: bigint | null;
  held: bigint | null;
  holdId: string | null;
  reason: string | null;
  effectiveAt: number | null;
  expiresAt: number | null;
  metadata: string;
  balancing: string | null;
  /** What was asked for, where less was moved. */
  requested: bigint | null;
  reverses: string | null;
  purpose: string | null;
  reference: string | null;
  /** Left held by a settlement that keeps the rest. */
  remaining: bigint | null;
  onlyIf: string;
  accountId: string | null;
  state: string | null;
  overdraft: bigint | null;
  until: string | null;
  /** Of the debited and the credited account, afterwards: debits, credits, pending debits, pending credits. */
  after: Totals[];
};
export type Totals = [bigint, bigint, bigint, bigint];

/** What became of one command. `why` holds every code that would be a right answer: which rule is looked at first is not promised. */
export type Verdict =
  | { is: 'done'; record: Booking }
  | { is: 'refused'; why: readonly string[] }
  /** Part of a block that can no longer be all or none: refused, and nothing kept of it. */
  | { is: 'mixed'; why: readonly string[] }
  /** The id was answered before: the first answer again, or a conflict that names one of `fields`. */
  | { is: 'repeat'; fields: readonly string[] };

export const NOTHING: Booking = {
  id: '',
  kind: '',
  block: null,
  debit: null,
  credit: null,
  amount: null,
  held: null,
  holdId: null,
  reason: null,
  effectiveAt: null,
  expiresAt: null,
  metadata: '',
  balancing: null,
  requested: null,
  reverses: null,
  purpose: null,
  reference: null,
  remaining: null,
  onlyIf: '',
  accountId: null,
  state: null,
  overdraft: null,
  until: null,
  after: [],
};
