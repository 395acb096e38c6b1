import type { Tx } from '#platform/db/db.ts';

/** A key is somebody's now: what arrived for it and stood still is due. */
export async function wakeUnmatched(tx: Tx, keyHash: Buffer): Promise<number> {
  return tx.execute(
    `update payments.receipts set next_attempt_at = now(), attempt = 0 where status = 'unmatched' and payee_key_hash = $1`,
    [keyHash],
  );
}
