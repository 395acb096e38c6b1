import type { Tx } from '#platform/db/db.ts';

/** A person's account as stored. */
export type AccountRecord = {
  tenantId: string;
  subjectId: string;
  status: 'opening' | 'open';
  ledgerAccountId: string;
  branch: string;
  /** With its check digit, `10001-7`. */
  number: string;
  holderSealed: Buffer | null;
  pixKeySealed: Buffer | null;
  pixKeyHash: Buffer | null;
  attempt: number;
};

type Row = {
  tenant_id: string;
  subject_id: string;
  status: 'opening' | 'open';
  ledger_account_id: string;
  branch: string;
  number: bigint;
  holder_sealed: Buffer | null;
  pix_key_sealed: Buffer | null;
  pix_key_hash: Buffer | null;
  attempt: number;
};

/** Modulus 11 over the digits, weights 2 to 9 from the right; 10 and 11 give 0. */
function checkDigit(number: bigint): string {
  const sum = [...String(number)].reverse().reduce((total, digit, at) => total + Number(digit) * (2 + (at % 8)), 0);
  const rest = 11 - (sum % 11);
  return rest > 9 ? '0' : String(rest);
}

const toRecord = (row: Row): AccountRecord => ({
  tenantId: row.tenant_id,
  subjectId: row.subject_id,
  status: row.status,
  ledgerAccountId: row.ledger_account_id,
  branch: row.branch,
  number: `${row.number}-${checkDigit(row.number)}`,
  holderSealed: row.holder_sealed,
  pixKeySealed: row.pix_key_sealed,
  pixKeyHash: row.pix_key_hash,
  attempt: row.attempt,
});

/** Notes that an account is to be opened; whoever is known already stays as they are. */
export async function insertOpening(
  tx: Tx,
  accounts: readonly { tenantId: string; subjectId: string; ledgerAccountId: string }[],
  nowMs: number,
): Promise<void> {
  for (const { tenantId, subjectId, ledgerAccountId } of accounts) {
    await tx.execute(
      `insert into payments.accounts (tenant_id, subject_id, ledger_account_id, created_at, next_attempt_at)
       select $1, $2, $3, $4, now() where not exists (select from payments.accounts where tenant_id = $1 and subject_id = $2)
       on conflict (tenant_id, subject_id) do nothing`,
      [tenantId, subjectId, ledgerAccountId, new Date(nowMs)],
    );
  }
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

/** Leases accounts that are to be opened, by the database's clock. */
export async function claimOpening(tx: Tx, lease: { owner: string; leaseMs: number }, limit: number): Promise<AccountRecord[]> {
  const rows = await tx.query<Row>(
    `update payments.accounts a set lease_owner = $1, lease_until = now() + $2::float8 * interval '1 millisecond'
     from (
       select tenant_id, subject_id from payments.accounts
       where next_attempt_at <= now() and (lease_until is null or lease_until <= now())
       order by next_attempt_at limit $3 for update skip locked
     ) due
     where a.tenant_id = due.tenant_id and a.subject_id = due.subject_id
     returning a.*`,
    [lease.owner, lease.leaseMs, limit],
  );
  return rows.map(toRecord);
}

export async function renewOpening(tx: Tx, lease: { owner: string; leaseMs: number }, subjectIds: readonly string[]): Promise<void> {
  await tx.execute(
    `update payments.accounts set lease_until = now() + $2::float8 * interval '1 millisecond'
     where subject_id = any($3::uuid[]) and lease_owner = $1`,
    [lease.owner, lease.leaseMs, subjectIds],
  );
}

/**
 * Notes the key of an account that is being opened, before anybody outside can know it: money that comes for it in between is then known
 * to be somebody's, and waits.
 */
export async function noteKey(tx: Tx, account: AccountRecord, keyHash: Buffer): Promise<void> {
  await tx.execute(`update payments.accounts set pix_key_hash = $3 where tenant_id = $1 and subject_id = $2 and status = 'opening'`, [
    account.tenantId,
    account.subjectId,
    keyHash,
  ]);
}

/** True when this call opened the account, false when it was open already. */
export async function markOpen(
  tx: Tx,
  account: AccountRecord,
  opened: { holderSealed: Buffer; pixKeySealed: Buffer; pixKeyHash: Buffer; nowMs: number },
): Promise<boolean> {
  const count = await tx.execute(
    `update payments.accounts set status = 'open', holder_sealed = $3, pix_key_sealed = $4, pix_key_hash = $5, opened_at = $6,
       next_attempt_at = null, lease_owner = null, lease_until = null
     where tenant_id = $1 and subject_id = $2 and status = 'opening'`,
    [account.tenantId, account.subjectId, opened.holderSealed, opened.pixKeySealed, opened.pixKeyHash, new Date(opened.nowMs)],
  );
  return count === 1;
}

export async function postponeOpening(tx: Tx, account: AccountRecord, pauseMs: number): Promise<void> {
  await tx.execute(
    `update payments.accounts set attempt = attempt + 1, next_attempt_at = now() + $3::float8 * interval '1 millisecond', lease_owner = null, lease_until = null
     where tenant_id = $1 and subject_id = $2 and status = 'opening'`,
    [account.tenantId, account.subjectId, pauseMs],
  );
}
