import type { Tx } from '#platform/db/db.ts';

export type ProvedBy = 'password' | 'totp' | 'passkey' | 'log-in';
export type PaymentProof = { grantHash: Buffer; askedAt: Date; provedBy: ProvedBy | null };
/** Whose proof, and of what. */
export type Named = { tenantId: string; subjectId: string; binding: Buffer };

/**
 * A proof is wanted of this, by this log-in. What was asked for before is asked for still: its life begins anew, and what was proved counts no more. A log-in
 * that has served it stays used: it serves nothing else.
 */
export async function saveAsked(tx: Tx, { tenantId, subjectId, binding }: Named, grantHash: Buffer, at: Date, until: Date): Promise<void> {
  await tx.execute(
    `insert into identity.payment_proofs as p (tenant_id, subject_id, binding, grant_hash, asked_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (tenant_id, subject_id, binding) do update set grant_hash = excluded.grant_hash, expires_at = excluded.expires_at,
       asked_at = case when p.expires_at > excluded.asked_at then p.asked_at else excluded.asked_at end,
       proved_at = null, proved_by = null`,
    [tenantId, subjectId, binding, grantHash, at, until],
  );
}

/** What was asked for, and may be proved still. */
export async function findAsked(tx: Tx, { tenantId, subjectId, binding }: Named, now: Date): Promise<PaymentProof | null> {
  const rows = await tx.query<PaymentProof>(
    `select grant_hash as "grantHash", asked_at as "askedAt", proved_by as "provedBy" from identity.payment_proofs
     where tenant_id = $1 and subject_id = $2 and binding = $3 and expires_at > $4`,
    [tenantId, subjectId, binding, now],
  );
  return rows[0] ?? null;
}

/** False when it is not asked for any more, or by another log-in. */
export async function saveProved(tx: Tx, named: Named, grantHash: Buffer, by: ProvedBy, at: Date, until: Date): Promise<boolean> {
  const { tenantId, subjectId, binding } = named;
  const count = await tx.execute(
    `update identity.payment_proofs set proved_at = $5, proved_by = $6, expires_at = $7
     where tenant_id = $1 and subject_id = $2 and binding = $3 and grant_hash = $4 and expires_at > $5`,
    [tenantId, subjectId, binding, grantHash, at, by, until],
  );
  return count === 1;
}

/** The log-in of that moment was made for this, and for nothing else; false when it has served before. */
export async function saveLogInFor(tx: Tx, named: Named, grantHash: Buffer, logInAt: Date, at: Date): Promise<boolean> {
  const { tenantId, subjectId, binding } = named;
  const count = await tx.execute(
    `update identity.payment_proofs p set proved_at = $6, proved_by = 'log-in', log_in_at = $5, grant_hash = $4
     where tenant_id = $1 and subject_id = $2 and binding = $3 and expires_at > $6
       and not exists (select from identity.payment_proofs o where o.tenant_id = $1 and o.subject_id = $2 and o.log_in_at = $5 and o.binding <> $3)`,
    [tenantId, subjectId, binding, grantHash, logInAt, at],
  );
  return count === 1;
}
