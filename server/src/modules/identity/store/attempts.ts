import type { Tx } from '#platform/db/db.ts';
import type { AttemptState } from '../domain/throttle.ts';

/**
 * What attempts are counted by: a person, a name that is nobody's, a browser that a person has used before, an address; second factors of a
 * person, and proofs given again within one of their log-ins; letters asked for in a name, and by a person.
 */
export type AttemptKind = 'subject' | 'login' | 'device' | 'address' | 'sign-up' | 'factor' | 'proof' | 'reset' | 'email';
export type AttemptKey = { tenantId: string; kind: AttemptKind; hash: Buffer };

/** The count of a key, locked until the transaction ends; null when there is none yet. */
export async function lockAttempts(tx: Tx, key: AttemptKey): Promise<AttemptState | null> {
  // One statement at a time decides about a key, even about its first row.
  await tx.execute('select pg_advisory_xact_lock(hashtextextended($1, 7205))', [`${key.kind}/${key.hash.toString('hex')}`]);
  const rows = await tx.query<{ failures: number; window_started_at: Date; blocked_until: Date | null }>(
    'select failures, window_started_at, blocked_until from identity.login_attempts where tenant_id = $1 and kind = $2 and key_hash = $3',
    [key.tenantId, key.kind, key.hash],
  );
  const row = rows[0];
  if (!row) return null;
  return { failures: row.failures, windowStartedMs: row.window_started_at.getTime(), blockedUntilMs: row.blocked_until?.getTime() ?? null };
}

export async function saveAttempts(tx: Tx, key: AttemptKey, state: AttemptState, nowMs: number): Promise<void> {
  await tx.execute(
    `insert into identity.login_attempts (tenant_id, kind, key_hash, failures, window_started_at, blocked_until, updated_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (tenant_id, kind, key_hash) do update set failures = excluded.failures, window_started_at = excluded.window_started_at,
       blocked_until = excluded.blocked_until, updated_at = excluded.updated_at`,
    [
      key.tenantId,
      key.kind,
      key.hash,
      state.failures,
      new Date(state.windowStartedMs),
      state.blockedUntilMs === null ? null : new Date(state.blockedUntilMs),
      new Date(nowMs),
    ],
  );
}

/** After a success: this count starts afresh. */
export async function clearAttempts(tx: Tx, { tenantId, kind, hash }: AttemptKey): Promise<void> {
  await tx.execute('delete from identity.login_attempts where tenant_id = $1 and kind = $2 and key_hash = $3', [tenantId, kind, hash]);
}

/** After a success: the address, which many may share, gets this one attempt back. */
export async function giveBackAttempt(tx: Tx, { tenantId, kind, hash }: AttemptKey): Promise<void> {
  await tx.execute(
    `update identity.login_attempts set failures = greatest(failures - 1, 0), blocked_until = null
     where tenant_id = $1 and kind = $2 and key_hash = $3`,
    [tenantId, kind, hash],
  );
}
