import type { Tx } from '#platform/db/db.ts';

export type SigningKeyRow = { kid: string; sealed: Buffer; state: 'next' | 'current' | 'retired' };

/** Serialises the making of the first key among processes that start together. */
const LOCK = 7_205_140_003;

export async function lockKeys(tx: Tx): Promise<void> {
  await tx.execute('select pg_advisory_xact_lock($1)', [LOCK]);
}

/** The signing one first: the issuer signs with the first key that fits. */
export async function listKeys(tx: Tx): Promise<SigningKeyRow[]> {
  return tx.query<SigningKeyRow>(
    "select kid, sealed, state from identity.signing_keys order by array_position(array['current', 'next', 'retired'], state), created_at desc",
  );
}

export async function insertKey(tx: Tx, row: SigningKeyRow, at: Date): Promise<void> {
  await tx.execute("insert into identity.signing_keys (kid, alg, sealed, state, created_at) values ($1, 'PS256', $2, $3, $4)", [
    row.kid,
    row.sealed,
    row.state,
    at,
  ]);
}
