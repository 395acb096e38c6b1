import type { Tx } from '#platform/db/db.ts';

/** Puts a log-in in front of its second step; one password after another begins it anew. */
export async function saveLogIn(tx: Tx, tenantId: string, uidHash: Buffer, subjectId: string, expiresAt: Date): Promise<void> {
  await tx.execute(
    `insert into identity.log_ins (tenant_id, uid_hash, subject_id, expires_at) values ($1, $2, $3, $4)
     on conflict (tenant_id, uid_hash) do update set subject_id = excluded.subject_id, expires_at = excluded.expires_at`,
    [tenantId, uidHash, subjectId, expiresAt],
  );
}

/** Who has proved a password in this log-in and owes a second factor; null when nobody does. */
export async function findLogIn(tx: Tx, tenantId: string, uidHash: Buffer, now: Date): Promise<string | null> {
  const rows = await tx.query<{ subject_id: string }>(
    'select subject_id from identity.log_ins where tenant_id = $1 and uid_hash = $2 and expires_at > $3',
    [tenantId, uidHash, now],
  );
  return rows[0]?.subject_id ?? null;
}

/** True for the one request that ends this log-in. */
export async function finishLogIn(tx: Tx, tenantId: string, uidHash: Buffer, subjectId: string, now: Date): Promise<boolean> {
  const count = await tx.execute(
    'delete from identity.log_ins where tenant_id = $1 and uid_hash = $2 and subject_id = $3 and expires_at > $4',
    [tenantId, uidHash, subjectId, now],
  );
  return count === 1;
}

/** A person's log-ins that wait for a second factor: what they have proved so far counts no more. */
export async function deleteLogInsUnderWay(tx: Tx, subjectId: string): Promise<void> {
  await tx.execute('delete from identity.log_ins where subject_id = $1', [subjectId]);
}
