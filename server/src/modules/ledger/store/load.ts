import { plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import { GENESIS } from '#platform/proof/chain.ts';
import type { AccountState, Directive, Hold, HoldState, Known, Original, Transfer } from '../domain/model.ts';
import { type LedgerCode, refuseLedger } from '../errors.ts';
import { DIRECTIVE_COLUMNS, type DirectiveRow, toDirective } from './directives.ts';
import { type RefusedContent, readRefused } from './refused.ts';
import {
  ACCOUNT_COLUMNS,
  type AccountRow,
  type BalanceRow,
  STANDING_COLUMNS,
  type StandingRow,
  TRANSFER_COLUMNS,
  type TransferRow,
  toAccount,
  toBalance,
  toTransfer,
} from './rows.ts';

/** The end of a tenant's ledger: what the next batch builds on, and what it must still find when it commits. */
export type Head = {
  batch: bigint;
  seq: number;
  recordedAt: number;
  hash: Buffer;
  /** Last business date that is closed, YYYY-MM-DD. */
  closedUntil: string | null;
};

type HeadRow = { batch: bigint; seq: bigint; recorded_at: Date; hash: Buffer; closed_until: string | null };
const SELECT_HEAD = 'select batch, seq, recorded_at, hash, closed_until::text from ledger.heads where tenant_id = $1';

/** Reads the head and keeps every other writer out until this transaction ends. The first writer of a tenant makes it. */
export async function lockHead(tx: Tx, tenantId: string): Promise<Head> {
  const select = `${SELECT_HEAD} for update`;
  let rows = await tx.query<HeadRow>(select, [tenantId]);
  if (rows.length === 0) {
    await tx.execute(
      `insert into ledger.heads (tenant_id, batch, seq, recorded_at, hash) values ($1, 0, 0, 'epoch', $2) on conflict do nothing`,
      [tenantId, GENESIS],
    );
    rows = await tx.query(select, [tenantId]);
  }
  return toHead(rows[0]!);
}

/** The head as it is, keeping nobody out; that of an empty ledger where nothing was written yet. */
export async function readHead(tx: Tx, tenantId: string): Promise<Head> {
  const rows = await tx.query<HeadRow>(SELECT_HEAD, [tenantId]);
  return rows[0] ? toHead(rows[0]) : { batch: 0n, seq: 0, recordedAt: 0, hash: GENESIS, closedUntil: null };
}

function toHead({ batch, seq, recorded_at, hash, closed_until }: HeadRow): Head {
  return { batch, seq: Number(seq), recordedAt: recorded_at.getTime(), hash, closedUntil: closed_until };
}

/** Accounts with their current balances: the after-balances of each one's last entry, one index seek an account. */
export async function loadAccounts(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, AccountState>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<AccountRow & StandingRow & BalanceRow>(
    `select ${ACCOUNT_COLUMNS}, ${STANDING_COLUMNS}, e.posted_debits, e.posted_credits, e.pending_debits, e.pending_credits
     from ledger.accounts a
     left join ledger.account_states s on s.tenant_id = $1 and s.account_id = a.id
     left join lateral (
       select posted_debits, posted_credits, pending_debits, pending_credits from ledger.entries
       where tenant_id = $1 and account_id = a.id order by recorded_at desc, seq desc limit 1
     ) e on true
     where a.tenant_id = $1 and a.id = any($2::uuid[])`,
    [tenantId, plainArray(ids)],
  );
  return new Map(
    rows.map((row) => {
      const account = { ...toAccount(row), overdraftLimit: row.current_limit };
      return [row.id, { account, balance: toBalance(row), standing: row.state }];
    }),
  );
}

/** Holds by id: open, ended (and how), or not a hold at all. Unknown ids are absent. */
export async function loadHolds(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, HoldState>> {
  if (ids.length === 0) return new Map();
  type Row = {
    wanted: string;
    state: 'settled' | 'released' | 'expired' | null;
    known: boolean;
    id: string | null;
    debit_account_id: string;
    credit_account_id: string;
    amount: bigint;
    expires_at: Date | null;
    recorded_at: Date;
    seq: bigint;
    effective_at: Date | null;
    purpose: Hold['purpose'];
    reference: string | null;
    placed_by: string | null;
  };
  const rows = await tx.query<Row>(
    `select wanted.id as wanted, r.state,
       exists (select from ledger.commands c where c.tenant_id = $1 and c.id = wanted.id) as known,
       h.id, h.debit_account_id, h.credit_account_id, h.amount, h.expires_at, h.recorded_at, h.seq, h.effective_at, h.purpose, h.reference,
       h.placed_by
     from unnest($2::uuid[]) wanted (id)
     left join lateral (select * from ledger.open_holds where tenant_id = $1 and id = wanted.id limit 1) h on true
     left join lateral (select state from ledger.hold_resolutions where tenant_id = $1 and hold_id = wanted.id limit 1) r on true`,
    [tenantId, plainArray(ids)],
  );
  const found = new Map<string, HoldState>();
  for (const row of rows) {
    if (row.id) {
      const {
        id,
        debit_account_id: debitAccountId,
        credit_account_id: creditAccountId,
        amount,
        purpose,
        reference,
        placed_by: placedBy,
      } = row;
      const recordedAt = row.recorded_at.getTime();
      const times = { expiresAt: row.expires_at?.getTime() ?? null, recordedAt, effectiveAt: row.effective_at?.getTime() ?? recordedAt };
      const hold = { id, seq: Number(row.seq), debitAccountId, creditAccountId, amount, purpose, reference, placedBy, ...times };
      found.set(id, { state: 'open', hold });
    } else if (row.state) found.set(row.wanted, { state: row.state });
    else if (row.known) found.set(row.wanted, { state: 'not-a-hold' });
  }
  return found;
}

/** What the ids stand for, and how much of each movement was taken back. Ids that were refused, or never heard of, are absent. */
export async function loadOriginals(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, Original>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.query<TransferRow & { wanted: string; reversed: bigint | null }>(
    `select c.id as wanted, ${TRANSFER_COLUMNS}, r.reversed
     from ledger.commands c
     left join ledger.transfers t on t.tenant_id = $1 and t.recorded_at = c.recorded_at and t.seq = c.seq
     left join lateral (
       select sum(amount) as reversed from ledger.transfers where tenant_id = $1 and reverses = c.id and recorded_at >= c.recorded_at
     ) r on t.id is not null
     where c.tenant_id = $1 and c.id = any($2::uuid[]) and c.seq is not null`,
    [tenantId, plainArray(ids)],
  );
  return new Map(rows.map((row) => [row.wanted, row.id === null ? 'other' : { transfer: toTransfer(row), reversed: row.reversed ?? 0n }]));
}

/** Ids that were answered before, with what was said. */
export async function loadKnown(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, Known>> {
  type Refused = { command_id: string; at: Date; code: string | null; detail: string; detail_en: string | null; content: RefusedContent };
  type Row = Refused & TransferRow;
  const rows = await tx.query<Row>(
    `select c.id as command_id, c.recorded_at as at, c.code, c.detail, c.detail_en, c.content, ${TRANSFER_COLUMNS}
     from ledger.commands c
     left join ledger.transfers t on t.tenant_id = $1 and t.recorded_at = c.recorded_at and t.seq = c.seq
     where c.tenant_id = $1 and c.id = any($2::uuid[])`,
    [tenantId, plainArray(ids)],
  );
  // Where an accepted id is no transfer it is a directive; those are few, and looked for only then.
  const others = rows.filter((row) => row.code === null && row.id === null).map((row) => row.command_id);
  const directives = others.length > 0 ? await loadDirectives(tx, tenantId, others) : new Map<string, Directive>();
  return new Map(
    rows.map((row): [string, Known] => {
      if (row.code === null) return [row.command_id, { outcome: 'done', record: directives.get(row.command_id) ?? toKept(row) }];
      const code = row.code as LedgerCode;
      // Before it was kept in English, too, a refusal has its title to say.
      const detail = { pt: row.detail, en: row.detail_en ?? `${refuseLedger.specs[code].en.title}.` };
      const rejection = { code, detail };
      return [row.command_id, { outcome: 'rejected', command: readRefused(row.content), rejection, recordedAt: row.at.getTime() }];
    }),
  );
}

/** An id outlives its month: what it stood for can no longer be compared then. */
function toKept(row: TransferRow & { command_id: string }): Transfer {
  if (row.id === null)
    throw refuseLedger('LEDGER_RECORD_DETACHED', {
      detail: { pt: `O comando ${row.command_id} está num mês arquivado.`, en: `Command ${row.command_id} is in an archived month.` },
    });
  return toTransfer(row);
}

async function loadDirectives(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, Directive>> {
  const rows = await tx.query<DirectiveRow>(
    `select ${DIRECTIVE_COLUMNS} from ledger.commands c
     join ledger.directives d on d.tenant_id = $1 and d.recorded_at = c.recorded_at and d.seq = c.seq
     where c.tenant_id = $1 and c.id = any($2::uuid[])`,
    [tenantId, plainArray(ids)],
  );
  return new Map(rows.map((row) => [row.id, toDirective(row)]));
}
