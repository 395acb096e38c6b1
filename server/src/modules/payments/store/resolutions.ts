import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { PaymentRecord } from '../record.ts';

export type Resolution = {
  id: string;
  payment: PaymentRecord;
  decision: 'executed' | 'not-executed';
  reason: string;
  proposedBy: Actor;
  /** Null where one person decided alone, on the command line. */
  approvedBy: Actor | null;
};

/** Keeps a person's decision, applied in this very commit. */
export async function insertResolution(tx: Tx, { id, payment, decision, reason, proposedBy, approvedBy }: Resolution): Promise<void> {
  await tx.execute(
    `insert into payments.resolutions (tenant_id, id, payment_id, decision, reason, status_before, trouble, proposed_by_kind, proposed_by,
       approved_by_kind, approved_by, approved_at, applied_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, case when $11::text is null then null else now() end, now())`,
    [
      payment.tenantId,
      id,
      payment.id,
      decision,
      reason,
      payment.status,
      payment.trouble,
      proposedBy.kind,
      proposedBy.id,
      approvedBy?.kind ?? null,
      approvedBy?.id ?? null,
    ],
  );
}
