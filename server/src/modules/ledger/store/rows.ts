import { readConditions, type WrittenCondition } from '../domain/condition-text.ts';
import type { Account, Balance, Side, Standing, Transfer } from '../domain/model.ts';

/** Rows as Postgres answers them; `numeric(38,0)` and `int8` come as bigint, `timestamptz` as Date. */
export type AccountRow = {
  id: string;
  code: string;
  asset: string;
  normal_side: Side;
  debits_must_not_exceed_credits: boolean;
  credits_must_not_exceed_debits: boolean;
  overdraft_limit: bigint;
  subject_id: string | null;
};

/** With what directives made of the account since it was opened. */
export type StandingRow = { state: Standing; current_limit: bigint };

export type BalanceRow = {
  posted_debits: bigint | null;
  posted_credits: bigint | null;
  pending_debits: bigint | null;
  pending_credits: bigint | null;
};

export type TransferRow = {
  recorded_at: Date;
  seq: bigint;
  id: string;
  kind: Transfer['kind'];
  debit_account_id: string;
  credit_account_id: string;
  amount: bigint;
  held: bigint | null;
  hold_id: string | null;
  reason: string | null;
  effective_at: Date;
  expires_at: Date | null;
  metadata: Record<string, string> | null;
  block_id: string | null;
  balancing: Transfer['balancing'];
  requested: bigint | null;
  reverses: string | null;
  purpose: Transfer['purpose'];
  reference: string | null;
  placed_by: string | null;
  remaining: bigint | null;
  only_if: WrittenCondition[] | null;
};

export const ACCOUNT_COLUMNS = `a.id, a.code, a.asset, a.normal_side, a.debits_must_not_exceed_credits, a.credits_must_not_exceed_debits,
  a.overdraft_limit, a.subject_id`;
/** Of accounts `a` left joined with their states `s`. */
export const STANDING_COLUMNS = `coalesce(s.state, 'open') as state, coalesce(s.overdraft_limit, a.overdraft_limit) as current_limit`;
export const TRANSFER_COLUMNS = `t.recorded_at, t.seq, t.id, t.kind, t.debit_account_id, t.credit_account_id, t.amount, t.held, t.hold_id,
  t.reason, t.effective_at, t.expires_at, t.metadata, t.block_id, t.balancing, t.requested, t.reverses, t.purpose, t.reference,
  t.placed_by, t.remaining, t.only_if`;

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    code: row.code,
    asset: row.asset,
    normalSide: row.normal_side,
    debitsMustNotExceedCredits: row.debits_must_not_exceed_credits,
    creditsMustNotExceedDebits: row.credits_must_not_exceed_debits,
    overdraftLimit: row.overdraft_limit,
    subjectId: row.subject_id,
  };
}

/** The after-balances of an account's last entry; an account without entries has nothing. */
export function toBalance(row: BalanceRow): Balance {
  return {
    postedDebits: row.posted_debits ?? 0n,
    postedCredits: row.posted_credits ?? 0n,
    pendingDebits: row.pending_debits ?? 0n,
    pendingCredits: row.pending_credits ?? 0n,
  };
}

export function toTransfer(row: TransferRow): Transfer {
  return {
    id: row.id,
    seq: Number(row.seq),
    kind: row.kind,
    debitAccountId: row.debit_account_id,
    creditAccountId: row.credit_account_id,
    amount: row.amount,
    held: row.held,
    holdId: row.hold_id,
    reason: row.reason,
    effectiveAt: row.effective_at.getTime(),
    recordedAt: row.recorded_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    metadata: row.metadata,
    blockId: row.block_id,
    balancing: row.balancing,
    requested: row.requested,
    reverses: row.reverses,
    purpose: row.purpose,
    reference: row.reference,
    placedBy: row.placed_by,
    remaining: row.remaining,
    onlyIf: readConditions(row.only_if),
  };
}
