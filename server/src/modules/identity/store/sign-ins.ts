import type { Tx } from '#platform/db/db.ts';

export type LastSignIn = { at: Date | null; failures: number; blockedAt: Date | null };

/** A log-in: what was counted since the one before becomes what the person is told now. */
export async function saveSignIn(tx: Tx, tenantId: string, subjectId: string, at: Date): Promise<void> {
  await tx.execute(
    `insert into identity.sign_ins as s (tenant_id, subject_id, last_at) values ($1, $2, $3)
     on conflict (tenant_id, subject_id) do update set before_at = s.last_at, before_failures = s.failures,
       before_blocked_at = s.blocked_at, last_at = excluded.last_at, failures = 0, blocked_at = null`,
    [tenantId, subjectId, at],
  );
}

/** A wrong password for somebody, and whether it was the one that used up the free ones. */
export async function saveFailedSignIn(tx: Tx, tenantId: string, subjectId: string, blockedAt: Date | null): Promise<void> {
  await tx.execute(
    `insert into identity.sign_ins as s (tenant_id, subject_id, failures, blocked_at) values ($1, $2, 1, $3)
     on conflict (tenant_id, subject_id) do update set failures = s.failures + 1, blocked_at = coalesce(excluded.blocked_at, s.blocked_at)`,
    [tenantId, subjectId, blockedAt],
  );
}

/** The log-in before the last one, and what was tried between the two; null when there was no log-in. */
export async function findLastSignIn(tx: Tx, tenantId: string, subjectId: string): Promise<LastSignIn | null> {
  const rows = await tx.query<LastSignIn>(
    `select before_at as at, before_failures as failures, before_blocked_at as "blockedAt"
     from identity.sign_ins where tenant_id = $1 and subject_id = $2 and last_at is not null`,
    [tenantId, subjectId],
  );
  return rows[0] ?? null;
}
