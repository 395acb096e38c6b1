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
export type OwnedReceiptStep = ReceiptStep & { tenantId: string; receiptId: string };

/** Steps shown of one arrival at the most: the first and the last. What circles for days has its beginning and its end told. */
export const SHOWN_AT_EACH_END = 100;

export async function insertReceiptSteps(tx: Tx, steps: readonly OwnedReceiptStep[]): Promise<void> {
  if (steps.length === 0) return;
  await tx.execute(
    `insert into payments.receipt_steps (tenant_id, receipt_id, step, attempt, started_at, duration_ms, outcome, status_before, status_after,
       actor_kind, actor_id, reason)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::timestamptz[], $6::float8[], $7::jsonb[], $8::text[],
       $9::text[], $10::text[], $11::text[], $12::text[])`,
    [
      steps.map((step) => step.tenantId),
      steps.map((step) => step.receiptId),
      steps.map((step) => step.step),
      steps.map((step) => step.attempt),
      steps.map((step) => new Date(step.startedAtMs).toISOString()),
      steps.map((step) => step.durationMs),
      steps.map((step) => JSON.stringify(step.outcome)),
      steps.map((step) => step.statusBefore),
      steps.map((step) => step.statusAfter),
      steps.map((step) => step.actor.kind),
      steps.map((step) => step.actor.id),
      steps.map((step) => step.reason),
    ],
  );
}

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
