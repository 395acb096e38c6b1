import type { Tx } from '#platform/db/db.ts';
import { DEVICE_DAYS } from '../device.ts';

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
  // Guesses at second factors and at repeated proofs are remembered for their whole day.
  const dayAgo = new Date(now.getTime() - 25 * 3_600_000);
  await tx.execute(
    `delete from identity.login_attempts where updated_at < $1 and (blocked_until is null or blocked_until < $1)
       and (kind not in ('factor', 'proof') or updated_at < $2)`,
    [hourAgo, dayAgo],
  );
  await tx.execute('delete from identity.log_ins where expires_at < $1', [grace]);
  await tx.execute('delete from identity.mailed_codes where expires_at < $1', [grace]);
  await tx.execute('delete from identity.challenges where expires_at < $1', [grace]);
  await tx.execute("delete from identity.totp_secrets where state = 'pending' and created_at < $1", [hourAgo]);
  await tx.execute('delete from identity.payment_proofs where expires_at < $1', [dayAgo]);
  await tx.execute('delete from identity.device_grants where expires_at < $1', [grace]);
  // A browser forgets its cookie after as long.
  await tx.execute('delete from identity.devices where last_seen_at < $1', [new Date(now.getTime() - DEVICE_DAYS * 86_400_000)]);
  const yearAgo = new Date(now.getTime() - 365 * 86_400_000);
  await tx.execute('delete from identity.security_notes where noted_at < $1', [yearAgo]);
  return payloads === BATCH;
}
