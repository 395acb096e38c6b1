import { ZERO_BALANCE } from '../domain/balance.ts';
import { decide, type Group } from '../domain/decide.ts';
import type {
  Account,
  AccountCommand,
  AccountState,
  ClosePeriodCommand,
  Command,
  Entry,
  HoldCommand,
  HoldState,
  Known,
  LedgerRecord,
  Original,
  Outcome,
  ReleaseCommand,
  ReverseCommand,
  SettleCommand,
  Standing,
  Transfer,
  TransferCommand,
} from '../domain/model.ts';

/** The decisions of the ledger applied to maps: all of its rules, none of its storage. */
export class MemoryLedger {
  readonly accounts = new Map<string, AccountState>();
  readonly holds = new Map<string, HoldState>();
  readonly known = new Map<string, Known>();
  readonly records: LedgerRecord[] = [];
  readonly transfers: Transfer[] = [];
  readonly entries: Entry[] = [];
  /** How much of a transfer was taken back. */
  readonly reversed = new Map<string, bigint>();
  seq = 0;
  closedUntil: string | null = null;
  now = Date.parse('2026-01-05T12:00:00Z');

  constructor(accounts: readonly Account[]) {
    for (const account of accounts) this.accounts.set(account.id, { account, balance: ZERO_BALANCE, standing: 'open' });
  }

  run(...commands: Command[]): Outcome[] {
    return this.runGroups([{ commands, atomic: false }])[0]!;
  }

  block(...commands: Command[]): Outcome[] {
    return this.runGroups([{ commands, atomic: true }])[0]!;
  }

  runGroups(groups: readonly Group[]): Outcome[][] {
    const view = {
      account: (id: string) => this.accounts.get(id),
      hold: (id: string) => this.holds.get(id) ?? this.#otherThanHold(id),
      known: (id: string) => this.known.get(id),
      original: (id: string) => this.#original(id),
    };
    const { work, outcomes } = decide(view, { seq: this.seq, recordedAt: this.now, closedUntil: this.closedUntil }, groups);
    this.seq = work.seq;
    this.closedUntil = work.closedUntil;
    this.records.push(...work.records);
    this.transfers.push(...work.transfers);
    this.entries.push(...work.entries);
    for (const { reverses, amount } of work.transfers) {
      if (reverses !== null) this.reversed.set(reverses, (this.reversed.get(reverses) ?? 0n) + amount);
    }
    for (const [id, state] of work.balances) this.accounts.set(id, state);
    for (const [id, state] of work.holds) this.holds.set(id, state);
    for (const [id, answer] of work.answers) this.known.set(id, answer);
    return outcomes;
  }

  #otherThanHold(id: string): HoldState | undefined {
    return this.known.has(id) ? { state: 'not-a-hold' } : undefined;
  }

  #original(id: string): Original | undefined {
    const known = this.known.get(id);
    if (known?.outcome !== 'done') return undefined;
    if (!('debitAccountId' in known.record)) return 'other';
    return { transfer: known.record, reversed: this.reversed.get(id) ?? 0n };
  }

  balance(id: string) {
    return this.accounts.get(id)!.balance;
  }
}

export function account(id: string, extra: Partial<Account> = {}): Account {
  return {
    id,
    code: 'test',
    asset: 'BRL',
    normalSide: 'credit',
    debitsMustNotExceedCredits: false,
    creditsMustNotExceedDebits: false,
    overdraftLimit: 0n,
    subjectId: null,
    ...extra,
  };
}

const base = { effectiveAt: null, metadata: null, onlyIf: null };
export const transferOf = (
  id: string,
  debitAccountId: string,
  creditAccountId: string,
  amount: bigint,
  extra: Partial<TransferCommand> = {},
): TransferCommand => ({ ...base, id, kind: 'transfer', debitAccountId, creditAccountId, amount, balancing: null, ...extra });
export const holdOf = (
  id: string,
  debitAccountId: string,
  creditAccountId: string,
  amount: bigint,
  expiresAt: number | null = null,
  extra: Partial<HoldCommand> = {},
): HoldCommand => {
  const parties = { debitAccountId, creditAccountId, amount };
  return { ...base, id, kind: 'hold', ...parties, expiresAt, balancing: null, purpose: null, reference: null, by: null, ...extra };
};
export const settleOf = (
  id: string,
  holdId: string,
  amount: bigint | null = null,
  reference: string | null = null,
  keepRest = false,
): SettleCommand => ({
  ...base,
  id,
  kind: 'settle',
  holdId,
  amount,
  keepRest,
  reference,
  by: null,
});
export const releaseOf = (id: string, holdId: string, reason = 'user', reference: string | null = null): ReleaseCommand => ({
  ...base,
  id,
  kind: 'release',
  holdId,
  reason,
  reference,
  by: null,
});
export const reverseOf = (id: string, transferId: string, amount: bigint | null = null): ReverseCommand => ({
  ...base,
  id,
  kind: 'reverse',
  transferId,
  amount,
});
export const accountOf = (
  id: string,
  accountId: string,
  state: Standing | null,
  overdraftLimit: bigint | null = null,
  reason = 'test',
): AccountCommand => ({ id, kind: 'account', accountId, state, overdraftLimit, reason, by: null, onlyIf: null });
export const closeOf = (id: string, until: string): ClosePeriodCommand => ({ id, kind: 'close-period', until, by: null, onlyIf: null });
