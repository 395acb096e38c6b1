import { createHash } from 'node:crypto';
import type { Tx } from '#platform/db/db.ts';

export type SessionRow = {
  idHash: Buffer;
  /** By which its person names it. */
  sessionId: string;
  /** SHA-256 of the id of its grant at the issuer; null when it was not told. */
  grantHash: Buffer | null;
  /** What it is known by to its person, sealed; null when it is from before that was kept. */
  deviceSealed: Buffer | null;
  tenantId: string;
  subjectId: string;
  tokensSealed: Buffer;
  accessExpiresAt: Date;
  agentHash: Buffer;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
};

/** How the grant of a session is kept. */
export const grantHash = (grantId: string): Buffer => createHash('sha256').update(grantId).digest();

const COLUMNS = `id_hash as "idHash", session_id as "sessionId", grant_hash as "grantHash", device_sealed as "deviceSealed", tenant_id as "tenantId", subject_id as "subjectId", tokens_sealed as "tokensSealed",
  access_expires_at as "accessExpiresAt", agent_hash as "agentHash", created_at as "createdAt", last_seen_at as "lastSeenAt",
  expires_at as "expiresAt"`;

export async function insertSession(tx: Tx, row: SessionRow): Promise<void> {
  await tx.execute(
    `insert into bff.sessions (id_hash, tenant_id, subject_id, tokens_sealed, access_expires_at, agent_hash, created_at, last_seen_at, expires_at,
       session_id, grant_hash, device_sealed)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      row.idHash,
      row.tenantId,
      row.subjectId,
      row.tokensSealed,
      row.accessExpiresAt,
      row.agentHash,
      row.createdAt,
      row.lastSeenAt,
      row.expiresAt,
      row.sessionId,
      row.grantHash,
      row.deviceSealed,
    ],
  );
}

/** Keeps a person's newest sessions; answers the hashes of those that had to go. */
export async function trimSessions(tx: Tx, tenantId: string, subjectId: string, keep: number): Promise<Buffer[]> {
  const rows = await tx.query<{ id_hash: Buffer }>(
    `delete from bff.sessions where id_hash in
       (select id_hash from bff.sessions where tenant_id = $1 and subject_id = $2 order by created_at desc, id_hash offset $3)
     returning id_hash`,
    [tenantId, subjectId, keep],
  );
  return rows.map((row) => row.id_hash);
}

export async function findSession(tx: Tx, idHash: Buffer): Promise<SessionRow | null> {
  const rows = await tx.query<SessionRow>(`select ${COLUMNS} from bff.sessions where id_hash = $1`, [idHash]);
  return rows[0] ?? null;
}

/** Sessions by the hashes of their cookies, of whichever of the transaction's tenants. */
export async function findSessions(tx: Tx, hashes: readonly Buffer[]): Promise<SessionRow[]> {
  return tx.query<SessionRow>(`select ${COLUMNS} from bff.sessions where id_hash = any ($1::bytea[])`, [hashes]);
}

/** A person's living sessions, the one used last first. */
export async function listSessions(tx: Tx, tenantId: string, subjectId: string, now: Date, idleSince: Date): Promise<SessionRow[]> {
  return tx.query<SessionRow>(
    `select ${COLUMNS} from bff.sessions where tenant_id = $1 and subject_id = $2 and expires_at > $3 and last_seen_at > $4
     order by last_seen_at desc, id_hash`,
    [tenantId, subjectId, now, idleSince],
  );
}

/** Sessions of a grant, of whatever tenant: those who hear that it ended know no more of it. */
export async function findSessionsOfGrant(tx: Tx, grantHash: Buffer): Promise<SessionRow[]> {
  return tx.query<SessionRow>(`select ${COLUMNS} from bff.sessions where grant_hash = $1`, [grantHash]);
}

export async function touchSession(tx: Tx, idHash: Buffer, at: Date): Promise<void> {
  await tx.execute('update bff.sessions set last_seen_at = $2 where id_hash = $1 and last_seen_at < $2', [idHash, at]);
}

/** The session that ended, for its tokens; null when it had ended before. */
export async function deleteSession(tx: Tx, idHash: Buffer): Promise<SessionRow | null> {
  const rows = await tx.query<SessionRow>(`delete from bff.sessions where id_hash = $1 returning ${COLUMNS}`, [idHash]);
  return rows[0] ?? null;
}

/**
 * The name of the renewal, for the one request that may renew these tokens now; null for the others. A renewal that was begun and never
 * ended keeps its name.
 */
export async function leaseRefresh(tx: Tx, idHash: Buffer, seen: Date, now: Date, until: Date): Promise<string | null> {
  const rows = await tx.query<{ renewal: string }>(
    `update bff.sessions set refreshing_until = $4, renewal = coalesce(renewal, gen_random_uuid())
     where id_hash = $1 and access_expires_at = $2 and (refreshing_until is null or refreshing_until < $3) returning renewal`,
    [idHash, seen, now, until],
  );
  return rows[0]?.renewal ?? null;
}

/** Ends the lease; with new tokens when there are some, which ends the renewal. One that has ended is not ended again. */
export async function finishRefresh(
  tx: Tx,
  idHash: Buffer,
  renewal: string,
  renewed: { tokensSealed: Buffer; accessExpiresAt: Date } | null,
): Promise<void> {
  if (renewed) {
    await tx.execute(
      `update bff.sessions set tokens_sealed = $3, access_expires_at = $4, refreshing_until = null, renewal = null
       where id_hash = $1 and renewal = $2`,
      [idHash, renewal, renewed.tokensSealed, renewed.accessExpiresAt],
    );
  } else await tx.execute('update bff.sessions set refreshing_until = null where id_hash = $1 and renewal = $2', [idHash, renewal]);
}

/** Which of these sessions are still alive. */
export async function livingSessions(tx: Tx, hashes: readonly Buffer[], now: Date, idleSince: Date): Promise<Set<string>> {
  const rows = await tx.query<{ id_hash: Buffer }>(
    'select id_hash from bff.sessions where id_hash = any ($1::bytea[]) and expires_at > $2 and last_seen_at > $3',
    [hashes, now, idleSince],
  );
  return new Set(rows.map((row) => row.id_hash.toString('hex')));
}

export async function deleteExpiredSessions(tx: Tx, now: Date, idleSince: Date): Promise<number> {
  return tx.execute('delete from bff.sessions where expires_at < $1 or last_seen_at < $2', [now, idleSince]);
}
