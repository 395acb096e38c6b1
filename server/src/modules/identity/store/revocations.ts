import type { Tx } from '#platform/db/db.ts';

export type RevocationKind = 'grant' | 'token' | 'subject' | 'client';

export async function saveRevocation(tx: Tx, kind: RevocationKind, value: string, at: Date, expiresAt: Date): Promise<void> {
  await tx.execute(
    `insert into identity.revocations (kind, value, revoked_at, expires_at) values ($1, $2, $3, $4)
     on conflict (kind, value) do update set expires_at = greatest(revocations.expires_at, excluded.expires_at)`,
    [kind, value, at, expiresAt],
  );
}

export async function isAnyRevoked(tx: Tx, named: readonly { kind: RevocationKind; value: string }[]): Promise<boolean> {
  const rows = await tx.query(
    'select 1 from identity.revocations r join unnest($1::text[], $2::text[]) as n (kind, value) using (kind, value) limit 1',
    [named.map((one) => one.kind), named.map((one) => one.value)],
  );
  return rows.length > 0;
}

/** A client that is trusted again: what was revoked by its name counts once more, if it has not expired. */
export async function deleteRevocation(tx: Tx, kind: RevocationKind, value: string): Promise<void> {
  await tx.execute('delete from identity.revocations where kind = $1 and value = $2', [kind, value]);
}
