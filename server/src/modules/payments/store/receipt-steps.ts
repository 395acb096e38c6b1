import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { ReceiptStatus } from './receipts.ts';

/** A thing done for an arrival, or decided about it. `outcome` carries ids, codes and numbers, never personal data. */
export type ReceiptStep = {
  step: string;
  attempt: number;
  startedAtMs: number;
  durationMs: number;
  outcome: Record<string, unknown>;
  statusBefore: ReceiptStatus;
  statusAfter: ReceiptStatus;
  actor: Pick<Actor, 'kind' | 'id'>;
  /** A person's words. */
  reason: string | null;
};
/** Steps shown of one arrival at the most: the first and the last. What circles for days has its beginning and its end told. */
export const SHOWN_AT_EACH_END = 100;

/** The first and the last steps of an arrival, oldest first. Under the system scope: matching may have changed its tenant on the way. */
export async function findReceiptSteps(tx: Tx, receiptId: string): Promise<ReceiptStep[]> {
  const rows = await tx.query<{
    step: string;
    attempt: number;
    started_at: Date;
    duration_ms: number;
    outcome: Record<string, unknown>;
    status_before: ReceiptStatus;
    status_after: ReceiptStatus;
    actor_kind: Actor['kind'];
    actor_id: string;
    reason: string | null;
  }>(
    `select * from (
       (select * from payments.receipt_steps where receipt_id = $1 order by seq limit $2)
       union
       (select * from payments.receipt_steps where receipt_id = $1 order by seq desc limit $2)
     ) ends order by seq`,
    [receiptId, SHOWN_AT_EACH_END],
  );
  return rows.map((row) => ({
    step: row.step,
    attempt: row.attempt,
    startedAtMs: row.started_at.getTime(),
    durationMs: row.duration_ms,
    outcome: row.outcome,
    statusBefore: row.status_before,
    statusAfter: row.status_after,
    actor: { kind: row.actor_kind, id: row.actor_id },
    reason: row.reason,
  }));
}
