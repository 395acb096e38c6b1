import type { Tx } from '#platform/db/db.ts';

export type PayloadRow = {
  sealed: Buffer;
  idHash: Buffer;
  consumedAt: Date | null;
  /** The named renewal that consumed it. */
  renewalHash: Buffer | null;
};
export type NewPayload = {
  model: string;
  idHash: Buffer;
  sealed: Buffer;
  grantHash: Buffer | null;
  uidHash: Buffer | null;
  /** Whose it is, once somebody has been proved. */
  subjectId: string | null;
  expiresAt: Date | null;
};

export async function savePayload(tx: Tx, row: NewPayload): Promise<void> {
  await tx.execute(
    `insert into identity.oidc_payloads (model, id_hash, sealed, grant_hash, uid_hash, expires_at, subject_id) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (model, id_hash) do update set sealed = excluded.sealed, grant_hash = excluded.grant_hash,
       uid_hash = excluded.uid_hash, expires_at = excluded.expires_at, subject_id = excluded.subject_id`,
    [row.model, row.idHash, row.sealed, row.grantHash, row.uidHash, row.expiresAt, row.subjectId],
  );
}

/** Adds what must not be there yet: true for the one who was first, of however many at once. */
export async function insertPayload(tx: Tx, row: NewPayload): Promise<boolean> {
  const count = await tx.execute(
    `insert into identity.oidc_payloads (model, id_hash, sealed, grant_hash, uid_hash, expires_at, subject_id) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing`,
    [row.model, row.idHash, row.sealed, row.grantHash, row.uidHash, row.expiresAt, row.subjectId],
  );
  return count === 1;
}

type Found = { sealed: Buffer; id_hash: Buffer; consumed_at: Date | null; renewal_hash: Buffer | null };
const COLUMNS = 'sealed, id_hash, consumed_at, renewal_hash';
const read = (row: Found | undefined): PayloadRow | null =>
  row ? { sealed: row.sealed, idHash: row.id_hash, consumedAt: row.consumed_at, renewalHash: row.renewal_hash } : null;

export async function findPayload(tx: Tx, model: string, idHash: Buffer): Promise<PayloadRow | null> {
  const rows = await tx.query<Found>(`select ${COLUMNS} from identity.oidc_payloads where model = $1 and id_hash = $2`, [model, idHash]);
  return read(rows[0]);
}

export async function findPayloadByUid(tx: Tx, model: string, uidHash: Buffer): Promise<PayloadRow | null> {
  const rows = await tx.query<Found>(`select ${COLUMNS} from identity.oidc_payloads where uid_hash = $2 and model = $1`, [model, uidHash]);
  return read(rows[0]);
}

/** True for the one caller that consumes it, and again for the renewal that did; false when something else did, or it is gone. */
export async function consumePayload(tx: Tx, model: string, idHash: Buffer, at: Date, renewalHash: Buffer | null): Promise<boolean> {
  const count = await tx.execute(
    `update identity.oidc_payloads set consumed_at = coalesce(consumed_at, $3), renewal_hash = $4
     where model = $1 and id_hash = $2 and (consumed_at is null or renewal_hash = $4)`,
    [model, idHash, at, renewalHash],
  );
  return count === 1;
}

export async function deletePayload(tx: Tx, model: string, idHash: Buffer): Promise<void> {
  await tx.execute('delete from identity.oidc_payloads where model = $1 and id_hash = $2', [model, idHash]);
}

/** Everything issued under a grant (of one model, or of all). */
export async function deletePayloadsOfGrant(tx: Tx, grantHash: Buffer, model?: string): Promise<void> {
  if (model) await tx.execute('delete from identity.oidc_payloads where grant_hash = $1 and model = $2', [grantHash, model]);
  else await tx.execute('delete from identity.oidc_payloads where grant_hash = $1', [grantHash]);
}

/** Grants of a person, each with the seal that holds its id; the issuer's sessions are left out. */
export async function findGrantsOf(tx: Tx, subjectId: string): Promise<PayloadRow[]> {
  const rows = await tx.query<Found>(`select ${COLUMNS} from identity.oidc_payloads where subject_id = $1 and model = 'Grant'`, [
    subjectId,
  ]);
  return rows.map((row) => read(row)!);
}

/** The browsers' sessions at the issuer, and log-ins that are through but not yet a grant: nobody is known there any more. */
export async function deleteLogInsOf(tx: Tx, subjectId: string): Promise<void> {
  await tx.execute("delete from identity.oidc_payloads where subject_id = $1 and model in ('Session', 'Interaction')", [subjectId]);
}
