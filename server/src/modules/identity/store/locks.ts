import type { Tx } from '#platform/db/db.ts';

export type Lock = { lockedAt: Date; releaseAt: Date | null };

/** The lock that stands at this moment; null when there is none, or its time is over. */
export async function findLock(tx: Tx, tenantId: string, subjectId: string, now: Date): Promise<Lock | null> {
  const rows = await tx.query<Lock>(
    `select locked_at as "lockedAt", release_at as "releaseAt" from identity.locks
     where tenant_id = $1 and subject_id = $2 and (release_at is null or release_at > $3)`,
    [tenantId, subjectId, now],
  );
  return rows[0] ?? null;
}

/** Locked from now on, also when its end was asked for. */
export async function saveLock(tx: Tx, tenantId: string, subjectId: string, at: Date): Promise<void> {
  await tx.execute(
    `insert into identity.locks (tenant_id, subject_id, locked_at) values ($1, $2, $3)
     on conflict (tenant_id, subject_id) do update set locked_at = excluded.locked_at, release_at = null`,
    [tenantId, subjectId, at],
  );
}

/** False when the end of the lock was asked for before: that one counts. */
export async function saveRelease(tx: Tx, tenantId: string, subjectId: string, releaseAt: Date): Promise<boolean> {
  const count = await tx.execute(
    'update identity.locks set release_at = $3 where tenant_id = $1 and subject_id = $2 and release_at is null',
    [tenantId, subjectId, releaseAt],
  );
  return count === 1;
}
