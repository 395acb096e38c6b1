import type { Tx } from '#platform/db/db.ts';
import { type ReceiptDecision, type ReceiptRecord, type ReceiptRow, toReceipt } from './receipts.ts';

/**
 * Leases receipts that are due, by the database's clock. Works under the system scope: before it is matched, a receipt's tenant is only
 * where it is kept.
 */
export async function claimReceipts(tx: Tx, lease: { owner: string; leaseMs: number }, limit: number): Promise<ReceiptRecord[]> {
  const rows = await tx.query<ReceiptRow>(
    `update payments.receipts r set lease_owner = $1, lease_until = now() + $2::float8 * interval '1 millisecond'
     from (
       select id from payments.receipts where next_attempt_at <= now() and (lease_until is null or lease_until <= now())
       order by next_attempt_at limit $3 for update skip locked
     ) due
     where r.id = due.id returning r.*`,
    [lease.owner, lease.leaseMs, limit],
  );
  return rows.map(toReceipt);
}

/** Keeps what is being worked on: a slow provider is no reason for another process to begin the same work. */
export async function renewReceipts(tx: Tx, lease: { owner: string; leaseMs: number }, ids: readonly string[]): Promise<void> {
  await tx.execute(
    `update payments.receipts set lease_until = now() + $2::float8 * interval '1 millisecond' where id = any($3::uuid[]) and lease_owner = $1`,
    [lease.owner, lease.leaseMs, ids],
  );
}

/** A key is somebody's now: what arrived for it and stood still is due. */
export async function wakeUnmatched(tx: Tx, keyHash: Buffer): Promise<number> {
  return tx.execute(
    `update payments.receipts set next_attempt_at = now(), attempt = 0 where status = 'unmatched' and payee_key_hash = $1`,
    [keyHash],
  );
}

export type Decided = { decision: ReceiptDecision; tenantId: string | null; subjectId: string | null };

/** Notes what a person decided about an arrival that stands still, due at once; false when it stands still no more, or never did. */
export async function writeDecision(tx: Tx, receipt: ReceiptRecord, decided: Decided): Promise<boolean> {
  const count = await tx.execute(
    `update payments.receipts set version = version + 1, attempt = 0, next_attempt_at = now(), updated_at = now(),
       decision = $3, decided_tenant_id = $4, decided_subject_id = $5
     where id = $1 and version = $2 and status in ('unmatched', 'mismatched')`,
    [receipt.id, receipt.version, decided.decision, decided.tenantId, decided.subjectId],
  );
  return count === 1;
}
