import { instant } from '#platform/db/arrays.ts';
import { writeConditions } from '../domain/condition-text.ts';
import { endedAs } from '../domain/decide.ts';
import type { AccountState, Directive, Entry, Hold, Known, LedgerRecord, Transfer } from '../domain/model.ts';
import { bytes, plain, type Table, text } from './columns.ts';
import { writeDirective } from './directives.ts';
import { writeRefused } from './refused.ts';

/** `leaf` in hexadecimal digits. */
type Hashed<R extends LedgerRecord> = { record: R; leaf: string };

const instantOf = (ms: number | null): string | null => (ms === null ? null : instant(ms));

export const COMMANDS: Table<readonly [id: string, known: Known]> = {
  name: 'commands',
  dated: true,
  columns: [
    plain('id', 'uuid', ([id]) => id),
    plain('seq', 'bigint', ([, known]) => (known.outcome === 'done' ? known.record.seq : null)),
    plain('code', 'text', ([, known]) => (known.outcome === 'done' ? null : known.rejection.code), { sparse: true }),
    text('detail', 'text', ([, known]) => (known.outcome === 'done' ? null : known.rejection.detail.pt), { sparse: true }),
    text('detail_en', 'text', ([, known]) => (known.outcome === 'done' ? null : known.rejection.detail.en), { sparse: true }),
    text('content', 'jsonb', ([, known]) => (known.outcome === 'done' ? null : writeRefused(known.command)), { sparse: true }),
    // The batch after the one the head was at ($2).
    plain('batch', 'bigint', ([, known]) => (known.outcome === 'done' ? null : 1), { sparse: true, stored: '$2 + r.batch' }),
  ],
};

export const TRANSFERS: Table<Hashed<Transfer>> = {
  name: 'transfers',
  dated: true,
  columns: [
    plain('seq', 'bigint', ({ record }) => record.seq),
    plain('id', 'uuid', ({ record }) => record.id),
    plain('kind', 'text', ({ record }) => record.kind),
    plain('debit_account_id', 'uuid', ({ record }) => record.debitAccountId),
    plain('credit_account_id', 'uuid', ({ record }) => record.creditAccountId),
    plain('amount', 'numeric', ({ record }) => record.amount),
    plain('held', 'numeric', ({ record }) => record.held, { sparse: true }),
    plain('hold_id', 'uuid', ({ record }) => record.holdId, { sparse: true }),
    text('reason', 'text', ({ record }) => record.reason, { sparse: true }),
    plain('effective_at', 'timestamptz', ({ record }) => (record.effectiveAt === record.recordedAt ? null : instant(record.effectiveAt)), {
      stored: 'coalesce(r.effective_at, $5)',
    }),
    plain('expires_at', 'timestamptz', ({ record }) => instantOf(record.expiresAt), { sparse: true }),
    text('metadata', 'jsonb', ({ record }) => (record.metadata === null ? null : JSON.stringify(record.metadata)), { sparse: true }),
    plain('block_id', 'uuid', ({ record }) => record.blockId, { sparse: true }),
    plain('balancing', 'text', ({ record }) => record.balancing, { sparse: true }),
    plain('requested', 'numeric', ({ record }) => record.requested, { sparse: true }),
    plain('reverses', 'uuid', ({ record }) => record.reverses, { sparse: true }),
    plain('purpose', 'text', ({ record }) => record.purpose, { sparse: true }),
    text('reference', 'text', ({ record }) => record.reference, { sparse: true }),
    text('placed_by', 'text', ({ record }) => record.placedBy, { sparse: true }),
    plain('remaining', 'numeric', ({ record }) => record.remaining, { sparse: true }),
    text('only_if', 'jsonb', ({ record }) => writeConditions(record.onlyIf), { sparse: true }),
    bytes('hash', ({ leaf }) => leaf),
  ],
};

export const DIRECTIVES: Table<Hashed<Directive>> = {
  name: 'directives',
  dated: true,
  columns: [
    plain('seq', 'bigint', ({ record }) => record.seq),
    plain('id', 'uuid', ({ record }) => record.id),
    plain('kind', 'text', ({ record }) => record.kind),
    plain('account_id', 'uuid', ({ record }) => record.accountId),
    text('content', 'jsonb', ({ record }) => writeDirective(record)),
    bytes('hash', ({ leaf }) => leaf),
  ],
};

export const ENTRIES: Table<Entry> = {
  name: 'entries',
  dated: true,
  columns: [
    plain('account_id', 'uuid', (entry) => entry.accountId),
    plain('seq', 'bigint', (entry) => entry.seq),
    plain('side', 'text', (entry) => entry.side),
    plain('posted_change', 'numeric', (entry) => entry.postedChange),
    plain('pending_change', 'numeric', (entry) => entry.pendingChange),
    plain('posted_debits', 'numeric', (entry) => entry.after.postedDebits),
    plain('posted_credits', 'numeric', (entry) => entry.after.postedCredits),
    plain('pending_debits', 'numeric', (entry) => entry.after.pendingDebits),
    plain('pending_credits', 'numeric', (entry) => entry.after.pendingCredits),
    plain('effective_at', 'timestamptz', (entry) => instantOf(entry.effectiveAt), { sparse: true }),
  ],
};

export const OPEN_HOLDS: Table<Hold> = {
  name: 'open_holds',
  dated: true,
  columns: [
    plain('id', 'uuid', (hold) => hold.id),
    plain('debit_account_id', 'uuid', (hold) => hold.debitAccountId),
    plain('credit_account_id', 'uuid', (hold) => hold.creditAccountId),
    plain('amount', 'numeric', (hold) => hold.amount),
    plain('expires_at', 'timestamptz', (hold) => instantOf(hold.expiresAt), { sparse: true }),
    plain('seq', 'bigint', (hold) => hold.seq),
    plain('effective_at', 'timestamptz', (hold) => (hold.effectiveAt === hold.recordedAt ? null : instant(hold.effectiveAt)), {
      sparse: true,
    }),
    plain('purpose', 'text', (hold) => hold.purpose, { sparse: true }),
    text('reference', 'text', (hold) => hold.reference, { sparse: true }),
    text('placed_by', 'text', (hold) => hold.placedBy, { sparse: true }),
  ],
};

/** Rows are settlements that left the rest of their holds held. */
export const HOLD_CAPTURES: Table<Transfer> = {
  name: 'hold_captures',
  dated: true,
  columns: [
    plain('hold_id', 'uuid', (transfer) => transfer.holdId),
    plain('seq', 'bigint', (transfer) => transfer.seq),
    plain('amount', 'numeric', (transfer) => transfer.amount),
    plain('settled_by', 'uuid', (transfer) => transfer.id),
  ],
};

/** Rows are what ended the holds. */
export const HOLD_RESOLUTIONS: Table<Transfer> = {
  name: 'hold_resolutions',
  dated: true,
  columns: [
    plain('hold_id', 'uuid', (transfer) => transfer.holdId),
    plain('state', 'text', endedAs),
    plain('amount', 'numeric', (transfer) => (transfer.kind === 'settle' ? transfer.amount : 0n)),
    plain('resolved_by', 'uuid', (transfer) => transfer.id),
  ],
};

export const ACCOUNT_STATES: Table<{ state: AccountState; seq: number }> = {
  name: 'account_states',
  dated: false,
  columns: [
    plain('account_id', 'uuid', ({ state }) => state.account.id),
    plain('state', 'text', ({ state }) => state.standing),
    plain('overdraft_limit', 'numeric', ({ state }) => state.account.overdraftLimit),
    plain('seq', 'bigint', ({ seq }) => seq),
  ],
  onConflict: `on conflict (tenant_id, account_id) do update
    set state = excluded.state, overdraft_limit = excluded.overdraft_limit, seq = excluded.seq`,
};
