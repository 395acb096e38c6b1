import type { Tx } from '#platform/db/db.ts';
import type { KeyAge, KeyState } from '../domain/key-rotation.ts';

export type SigningKeyRow = { kid: string; sealed: Buffer; state: KeyState };

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
  await tx.execute(
    "insert into identity.signing_keys (kid, alg, sealed, state, created_at, state_since) values ($1, 'PS256', $2, $3, $4, $4)",
    [row.kid, row.sealed, row.state, at],
  );
}

/** How long each has been what it is, the oldest first. */
export async function listKeyAges(tx: Tx): Promise<KeyAge[]> {
  const rows = await tx.query<{ kid: string; state: KeyState; since: Date }>(
    'select kid, state, state_since as since from identity.signing_keys order by created_at, kid',
  );
  return rows.map(({ kid, state, since }) => ({ kid, state, sinceMs: since.getTime() }));
}

/** One signs from now on, in the place of the one that does. */
export async function letSign(tx: Tx, kid: string, at: Date): Promise<void> {
  await tx.execute("update identity.signing_keys set state = 'retired', state_since = $1 where state = 'current'", [at]);
  await tx.execute("update identity.signing_keys set state = 'current', state_since = $2 where kid = $1", [kid, at]);
}

export async function deleteKeys(tx: Tx, kids: readonly string[]): Promise<number> {
  return tx.execute('delete from identity.signing_keys where kid = any($1::text[])', [kids]);
}
