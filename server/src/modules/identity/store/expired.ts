import type { Tx } from '#platform/db/db.ts';

const BATCH = 1_000;

/** Removes a bounded number of rows that no longer mean anything; answers whether there may be more. */
export async function deleteExpired(tx: Tx, now: Date): Promise<boolean> {
  const grace = new Date(now.getTime() - 60_000);
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const payloads = await tx.execute(
    `delete from identity.oidc_payloads where (model, id_hash) in
       (select model, id_hash from identity.oidc_payloads where expires_at < $1 limit ${BATCH})`,
    [grace],
  );
  await tx.execute('delete from identity.revocations where expires_at < $1', [grace]);
  await tx.execute('delete from identity.login_attempts where updated_at < $1 and (blocked_until is null or blocked_until < $1)', [
    hourAgo,
  ]);
  return payloads === BATCH;
}
