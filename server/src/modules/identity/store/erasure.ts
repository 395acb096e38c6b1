import type { Tx } from '#platform/db/db.ts';

/** All with which somebody could prove to be this person, factors apart, and what they were told of it. */
export async function deleteProofsOf(tx: Tx, tenantId: string, subjectId: string): Promise<void> {
  for (const table of ['credentials', 'locks', 'mailed_codes', 'security_notes', 'devices', 'payment_proofs'])
    await tx.execute(`delete from identity.${table} where tenant_id = $1 and subject_id = $2`, [tenantId, subjectId]);
}

/** Nobody is found by this CPF or e-mail any more. False when that was so already, or there is no such person. */
export async function forgetPerson(tx: Tx, tenantId: string, subjectId: string, at: Date): Promise<boolean> {
  const count = await tx.execute(
    `update identity.people set cpf_hash = null, email_hash = null, email_verified_at = null, erased_at = $3
     where tenant_id = $1 and subject_id = $2 and erased_at is null`,
    [tenantId, subjectId, at],
  );
  return count === 1;
}
