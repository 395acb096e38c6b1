import type { Tx } from '#platform/db/db.ts';

export type PasskeyRow = {
  passkeyId: string;
  subjectId: string;
  credentialId: Buffer;
  publicKey: Buffer;
  counter: bigint;
  transports: string[];
  discoverable: boolean;
  backedUp: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
};

const COLUMNS = `passkey_id as "passkeyId", subject_id as "subjectId", credential_id as "credentialId", public_key as "publicKey", counter,
  transports, discoverable, backed_up as "backedUp", created_at as "createdAt", last_used_at as "lastUsedAt"`;

/** False when the credential is known already, as this person's or another's. `countsFrom`: when it begins to make browsers known; null: now. */
export async function insertPasskey(tx: Tx, tenantId: string, row: PasskeyRow, countsFrom: Date | null): Promise<boolean> {
  const count = await tx.execute(
    `insert into identity.passkeys (tenant_id, passkey_id, subject_id, credential_id, public_key, counter, transports, discoverable, backed_up,
       created_at, counts_from)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [
      tenantId,
      row.passkeyId,
      row.subjectId,
      row.credentialId,
      row.publicKey,
      row.counter,
      row.transports,
      row.discoverable,
      row.backedUp,
      row.createdAt,
      countsFrom,
    ],
  );
  return count === 1;
}

export async function listPasskeys(tx: Tx, tenantId: string, subjectId: string): Promise<PasskeyRow[]> {
  return tx.query<PasskeyRow>(
    `select ${COLUMNS} from identity.passkeys where tenant_id = $1 and subject_id = $2 order by created_at, passkey_id`,
    [tenantId, subjectId],
  );
}

export async function findPasskey(tx: Tx, tenantId: string, credentialId: Buffer): Promise<PasskeyRow | null> {
  const rows = await tx.query<PasskeyRow>(`select ${COLUMNS} from identity.passkeys where tenant_id = $1 and credential_id = $2`, [
    tenantId,
    credentialId,
  ]);
  return rows[0] ?? null;
}

/** True unless the key has been used beyond this count meanwhile, or is gone; 0 is what a key says that does not count. */
export async function usePasskey(tx: Tx, tenantId: string, row: PasskeyRow, counter: number, at: Date): Promise<boolean> {
  const count = await tx.execute(
    `update identity.passkeys set counter = $3, last_used_at = $4
     where tenant_id = $1 and passkey_id = $2 and (counter < $3 or (counter = 0 and $3 = 0))`,
    [tenantId, row.passkeyId, counter, at],
  );
  return count === 1;
}

/** False when the person has no such passkey. */
export async function deletePasskey(tx: Tx, tenantId: string, subjectId: string, passkeyId: string): Promise<boolean> {
  const count = await tx.execute('delete from identity.passkeys where tenant_id = $1 and subject_id = $2 and passkey_id = $3', [
    tenantId,
    subjectId,
    passkeyId,
  ]);
  return count === 1;
}

export type ChallengePurpose = 'log-in' | 'enrol' | 'proof' | 'payment';

/** A challenge for whoever asked; one asked for before is worth nothing any more. */
export async function saveChallenge(
  tx: Tx,
  tenantId: string,
  purpose: ChallengePurpose,
  boundHash: Buffer,
  challenge: string,
  expiresAt: Date,
): Promise<void> {
  await tx.execute(
    `insert into identity.challenges (tenant_id, purpose, bound_hash, challenge, expires_at) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, purpose, bound_hash) do update set challenge = excluded.challenge, expires_at = excluded.expires_at`,
    [tenantId, purpose, boundHash, challenge, expiresAt],
  );
}

/** The challenge, for the one request that takes it; null when there is none, it is too old, or was taken. */
export async function takeChallenge(
  tx: Tx,
  tenantId: string,
  purpose: ChallengePurpose,
  boundHash: Buffer,
  now: Date,
): Promise<string | null> {
  const rows = await tx.query<{ challenge: string; expires_at: Date }>(
    'delete from identity.challenges where tenant_id = $1 and purpose = $2 and bound_hash = $3 returning challenge, expires_at',
    [tenantId, purpose, boundHash],
  );
  const row = rows[0];
  return row && row.expires_at > now ? row.challenge : null;
}
