import type { Tx } from '#platform/db/db.ts';

/** Where money coming in stands; those from `returning` on are on their way back to the payer. See the migrations for each. */
export type ReceiptStatus =
  | 'announced'
  | 'matched'
  | 'credited'
  | 'unmatched'
  | 'mismatched'
  | 'returning'
  | 'set-aside'
  | 'return-unknown'
  | 'sent-back'
  | 'returned'
  | 'return-refused';

/** Money coming in, from its announcement to its credit, or to its return. */
export type ReceiptRecord = {
  id: string;
  tenantId: string;
  endToEndId: string;
  version: number;
  status: ReceiptStatus;
  announcedMinor: bigint | null;
  amountMinor: bigint | null;
  subjectId: string | null;
  accountId: string | null;
  payerSealed: Buffer | null;
  txid: string | null;
  receivedAtMs: number | null;
  attempt: number;
  /** Why the ledger did not take the credit: its code. */
  creditRefusal: string | null;
  /** Why the provider did not take the return: its code. */
  returnRefusal: string | null;
  /** The return's own id at the provider (`D…`); there from the moment the money is to go back. */
  returnId: string | null;
  returnedAtMs: number | null;
};

type Row = {
  id: string;
  tenant_id: string;
  end_to_end_id: string;
  version: number;
  status: ReceiptStatus;
  announced_minor: bigint | null;
  amount_minor: bigint | null;
  subject_id: string | null;
  account_id: string | null;
  payer_sealed: Buffer | null;
  txid: string | null;
  received_at: Date | null;
  attempt: number;
  credit_refusal: string | null;
  return_refusal: string | null;
  return_id: string | null;
  returned_at: Date | null;
};

const toRecord = (row: Row): ReceiptRecord => ({
  id: row.id,
  tenantId: row.tenant_id,
  endToEndId: row.end_to_end_id,
  version: row.version,
  status: row.status,
  announcedMinor: row.announced_minor,
  amountMinor: row.amount_minor,
  subjectId: row.subject_id,
  accountId: row.account_id,
  payerSealed: row.payer_sealed,
  txid: row.txid,
  receivedAtMs: row.received_at?.getTime() ?? null,
  attempt: row.attempt,
  creditRefusal: row.credit_refusal,
  returnRefusal: row.return_refusal,
  returnId: row.return_id,
  returnedAtMs: row.returned_at?.getTime() ?? null,
});

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

/** Notes an announced Pix, due at once. One that is known already changes nothing. */
export async function insertReceipt(
  tx: Tx,
  receipt: { id: string; tenantId: string; endToEndId: string; announcedMinor: bigint | null; nowMs: number },
): Promise<void> {
  await tx.execute(
    `insert into payments.receipts (id, tenant_id, end_to_end_id, status, announced_minor, created_at, updated_at, next_attempt_at)
     values ($1, $2, $3, 'announced', $4, $5, $5, $5) on conflict do nothing`,
    [receipt.id, receipt.tenantId, receipt.endToEndId, receipt.announcedMinor, new Date(receipt.nowMs)],
  );
}

/** Leases receipts that are due. Works under the system scope: before it is matched, a receipt's tenant is only where it is kept. */
export async function claimReceipts(
  tx: Tx,
  lease: { owner: string; nowMs: number; untilMs: number },
  limit: number,
): Promise<ReceiptRecord[]> {
  const rows = await tx.query<Row>(
    `update payments.receipts r set lease_owner = $1, lease_until = $3
     from (
       select id from payments.receipts where next_attempt_at <= $2 and (lease_until is null or lease_until <= $2)
       order by next_attempt_at limit $4 for update skip locked
     ) due
     where r.id = due.id returning r.*`,
    [lease.owner, new Date(lease.nowMs), new Date(lease.untilMs), limit],
  );
  return rows.map(toRecord);
}

/** Writes a receipt on top of the version it was decided on; false when another was faster. */
export async function writeReceipt(tx: Tx, after: ReceiptRecord, nextAttemptAtMs: number | null, nowMs: number): Promise<boolean> {
  const count = await tx.execute(
    `update payments.receipts set tenant_id = $3, version = version + 1, status = $4, amount_minor = $5, subject_id = $6, account_id = $7,
       payer_sealed = $8, txid = $9, received_at = $10, attempt = $11, next_attempt_at = $12, updated_at = $13,
       credit_refusal = $14, return_refusal = $15, return_id = $16, returned_at = $17, lease_owner = null, lease_until = null
     where id = $1 and version = $2`,
    [
      after.id,
      after.version,
      after.tenantId,
      after.status,
      after.amountMinor,
      after.subjectId,
      after.accountId,
      after.payerSealed,
      after.txid,
      dateOf(after.receivedAtMs),
      after.attempt,
      dateOf(nextAttemptAtMs),
      new Date(nowMs),
      after.creditRefusal,
      after.returnRefusal,
      after.returnId,
      dateOf(after.returnedAtMs),
    ],
  );
  return count === 1;
}

export async function findReceipts(tx: Tx, ids: readonly string[]): Promise<ReceiptRecord[]> {
  const rows = await tx.query<Row>('select * from payments.receipts where id = any($1::uuid[])', [ids]);
  return rows.map(toRecord);
}

export async function findReceiptsByEndToEndIds(tx: Tx, endToEndIds: readonly string[]): Promise<ReceiptRecord[]> {
  const rows = await tx.query<Row>('select * from payments.receipts where end_to_end_id = any($1::text[])', [endToEndIds]);
  return rows.map(toRecord);
}
