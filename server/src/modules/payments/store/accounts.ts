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
       select $1, $2, $3, $4, $4 where not exists (select from payments.accounts where tenant_id = $1 and subject_id = $2)
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

export async function claimOpening(
  tx: Tx,
  lease: { owner: string; nowMs: number; untilMs: number },
  limit: number,
): Promise<AccountRecord[]> {
  const rows = await tx.query<Row>(
    `update payments.accounts a set lease_owner = $1, lease_until = $3
     from (
       select tenant_id, subject_id from payments.accounts
       where next_attempt_at <= $2 and (lease_until is null or lease_until <= $2)
       order by next_attempt_at limit $4 for update skip locked
     ) due
     where a.tenant_id = due.tenant_id and a.subject_id = due.subject_id
     returning a.*`,
    [lease.owner, new Date(lease.nowMs), new Date(lease.untilMs), limit],
  );
  return rows.map(toRecord);
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

export async function postponeOpening(tx: Tx, account: AccountRecord, nextAttemptAtMs: number): Promise<void> {
  await tx.execute(
    `update payments.accounts set attempt = attempt + 1, next_attempt_at = $3, lease_owner = null, lease_until = null
     where tenant_id = $1 and subject_id = $2 and status = 'opening'`,
    [account.tenantId, account.subjectId, new Date(nextAttemptAtMs)],
  );
}
