import type { Tx } from '#platform/db/db.ts';
import { type Rows, type RunRow, readRun } from '#platform/machine/rows.ts';
import type { Run } from '#platform/machine/run.ts';

/** `booked`: the ledger has it, the directory not yet. `stuck`: people decide. `abandoned`: it will never open. */
export type AccountStatus = 'opening' | 'booked' | 'open' | 'stuck' | 'abandoned';

/** Where the money of an account of `accounts` is; its opening is a run named after the account. `subjectId` is that account, under whose key its texts are sealed. */
export type AccountRecord = Run<AccountStatus> & {
  subjectId: string;
  ledgerAccountId: string;
  branch: string;
  /** With its check digit, `10001-7`. */
  number: string;
  holderSealed: Buffer | null;
  pixKeySealed: Buffer | null;
  pixKeyHash: Buffer | null;
};

type Row = RunRow & {
  subject_id: string;
  ledger_account_id: string;
  branch: string;
  number: bigint;
  holder_sealed: Buffer | null;
  pix_key_sealed: Buffer | null;
  pix_key_hash: Buffer | null;
};

/** Modulus 11 over the digits, weights 2 to 9 from the right; 10 and 11 give 0. */
function checkDigit(number: bigint): string {
  const sum = [...String(number)].reverse().reduce((total, digit, at) => total + Number(digit) * (2 + (at % 8)), 0);
  const rest = 11 - (sum % 11);
  return rest > 9 ? '0' : String(rest);
}

const toRecord = (row: Row): AccountRecord => ({
  ...readRun<AccountStatus>(row, row.subject_id),
  subjectId: row.subject_id,
  ledgerAccountId: row.ledger_account_id,
  branch: row.branch,
  number: `${row.number}-${checkDigit(row.number)}`,
  holderSealed: row.holder_sealed,
  pixKeySealed: row.pix_key_sealed,
  pixKeyHash: row.pix_key_hash,
});

/** Where openings are kept: a row of accounts is a run until it is open, and an account from then on. */
export const accountRows: Rows<AccountRecord> = {
  module: 'payments',
  table: 'payments.accounts',
  id: 'subject_id',
  toRecord,
  columns: [
    { column: 'holder_sealed', type: 'bytea', of: ({ after }) => after.holderSealed },
    { column: 'pix_key_sealed', type: 'bytea', of: ({ after }) => after.pixKeySealed },
    { column: 'pix_key_hash', type: 'bytea', of: ({ after }) => after.pixKeyHash },
    { column: 'opened_at', type: 'timestamptz', of: () => null, set: `case when t.status = 'open' then coalesce(p.opened_at, now()) end` },
    // Whoever is to try again has as much time as at the beginning.
    {
      column: 'must_end_by',
      type: 'float8',
      of: ({ before, after }) => (before.status === 'stuck' && after.status === 'opening' ? OPENING_LIMIT_MS : null),
      set: `coalesce(now() + t.must_end_by * interval '1 millisecond', p.must_end_by)`,
    },
  ],
  steps: { table: 'payments.account_steps', run: 'subject_id' },
};

/** How long an account may take to open until people look at it. */
export const OPENING_LIMIT_MS = 86_400_000;

/** Notes that an account is to be opened; one that is known already stays as it is. Answers how many are new. */
export async function insertOpening(
  tx: Tx,
  accounts: readonly { tenantId: string; subjectId: string; ledgerAccountId: string }[],
  nowMs: number,
): Promise<number> {
  let added = 0;
  for (const { tenantId, subjectId, ledgerAccountId } of accounts) {
    added += await tx.execute(
      `insert into payments.accounts (tenant_id, subject_id, ledger_account_id, created_at, next_attempt_at, must_end_by)
       select $1, $2, $3, $4, now(), now() + $5::float8 * interval '1 millisecond' where not exists (select from payments.accounts where tenant_id = $1 and subject_id = $2)
       on conflict (tenant_id, subject_id) do nothing`,
      [tenantId, subjectId, ledgerAccountId, new Date(nowMs), OPENING_LIMIT_MS],
    );
  }
  return added;
}

/** Tenants that have accounts here (system scope): one seek each. */
export async function findTenants(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `with recursive t as (
       (select tenant_id as id from payments.accounts order by tenant_id limit 1)
       union all
       select (select a.tenant_id from payments.accounts a where a.tenant_id > t.id order by a.tenant_id limit 1) from t where t.id is not null
     ) select id from t where id is not null`,
  );
  return rows.map(({ id }) => id);
}

export async function findAccounts(tx: Tx, subjectIds: readonly string[]): Promise<AccountRecord[]> {
  const rows = await tx.query<Row>('select * from payments.accounts where subject_id = any($1::uuid[])', [subjectIds]);
  return rows.map(toRecord);
}

/** The open account behind a Pix key, of whatever tenant (system scope). */
export async function findByKeyHash(tx: Tx, keyHash: Buffer): Promise<AccountRecord | undefined> {
  const rows = await tx.query<Row>(`select * from payments.accounts where pix_key_hash = $1 and status = 'open'`, [keyHash]);
  return rows[0] && toRecord(rows[0]);
}

/** Accounts behind Pix keys, of whatever tenant (system scope), open or still being opened. */
export async function findByKeyHashes(tx: Tx, keyHashes: readonly Buffer[]): Promise<AccountRecord[]> {
  if (keyHashes.length === 0) return [];
  const rows = await tx.query<Row>('select * from payments.accounts where pix_key_hash = any($1::bytea[])', [keyHashes]);
  return rows.map(toRecord);
}
