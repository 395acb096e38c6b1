import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { PaymentRecord } from '../record.ts';

export type Resolution = {
  id: string;
  payment: PaymentRecord;
  decision: 'executed' | 'not-executed';
  reason: string;
  proposedBy: Actor;
};

/** Keeps a person's decision, applied in this very commit. The columns of an approver stay empty while one person decides. */
export async function insertResolution(tx: Tx, { id, payment, decision, reason, proposedBy }: Resolution): Promise<void> {
  await tx.execute(
    `insert into payments.resolutions (tenant_id, id, payment_id, decision, reason, status_before, trouble, proposed_by_kind, proposed_by,
       applied_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())`,
    [payment.tenantId, id, payment.id, decision, reason, payment.status, payment.trouble, proposedBy.kind, proposedBy.id],
  );
}
