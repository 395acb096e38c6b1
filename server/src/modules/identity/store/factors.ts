import type { Tx } from '#platform/db/db.ts';
import type { Factors } from '../domain/factors.ts';

export async function findFactors(tx: Tx, tenantId: string, subjectId: string): Promise<Factors> {
  const rows = await tx.query<Factors>(
    `select exists (select from identity.totp_secrets where tenant_id = $1 and subject_id = $2 and state = 'active') as totp,
       (select count(*)::int from identity.passkeys where tenant_id = $1 and subject_id = $2) as passkeys,
       (select count(*)::int from identity.recovery_codes where tenant_id = $1 and subject_id = $2 and used_at is null) as "recoveryCodes"`,
    [tenantId, subjectId],
  );
  return rows[0]!;
}

/** Changes of a person's factors go one after another: of two removals at once each sees what the other left. */
export async function lockFactors(tx: Tx, subjectId: string): Promise<void> {
  await tx.execute('select pg_advisory_xact_lock(hashtextextended($1, 7205140005))', [subjectId]);
}

export type TotpSecret = { secretSealed: Buffer; lastStep: bigint; createdAt: Date };
type TotpState = 'pending' | 'active';

export async function findTotp(tx: Tx, tenantId: string, subjectId: string, state: TotpState): Promise<TotpSecret | null> {
  const rows = await tx.query<TotpSecret>(
    `select secret_sealed as "secretSealed", last_step as "lastStep", created_at as "createdAt" from identity.totp_secrets
     where tenant_id = $1 and subject_id = $2 and state = $3`,
    [tenantId, subjectId, state],
  );
  return rows[0] ?? null;
}

/** A secret that waits for its first code; it takes the place of one that waited before. */
export async function savePendingTotp(tx: Tx, tenantId: string, subjectId: string, secretSealed: Buffer, at: Date): Promise<void> {
  await tx.execute(
    `insert into identity.totp_secrets (tenant_id, subject_id, state, secret_sealed, created_at) values ($1, $2, 'pending', $3, $4)
     on conflict (tenant_id, subject_id, state) do update set secret_sealed = excluded.secret_sealed, last_step = 0,
       created_at = excluded.created_at`,
    [tenantId, subjectId, secretSealed, at],
  );
}

/** The waiting secret becomes the one that counts, in the place of the one before. False when another was put in its place meanwhile. */
export async function activateTotp(
  tx: Tx,
  tenantId: string,
  subjectId: string,
  secretSealed: Buffer,
  step: number,
  at: Date,
  countsFrom: Date | null,
): Promise<boolean> {
  await deleteTotp(tx, tenantId, subjectId);
  const count = await tx.execute(
    `update identity.totp_secrets set state = 'active', last_step = $4, created_at = $5, counts_from = $6
     where tenant_id = $1 and subject_id = $2 and state = 'pending' and secret_sealed = $3`,
    [tenantId, subjectId, secretSealed, step, at, countsFrom],
  );
  return count === 1;
}

/** True for the one use of a step; a step that is not later than the last one is refused. */
export async function useTotpStep(tx: Tx, tenantId: string, subjectId: string, secretSealed: Buffer, step: number): Promise<boolean> {
  const count = await tx.execute(
    `update identity.totp_secrets set last_step = $4
     where tenant_id = $1 and subject_id = $2 and state = 'active' and secret_sealed = $3 and last_step < $4`,
    [tenantId, subjectId, secretSealed, step],
  );
  return count === 1;
}

/** False when there was none. */
export async function deleteTotp(tx: Tx, tenantId: string, subjectId: string): Promise<boolean> {
  const count = await tx.execute("delete from identity.totp_secrets where tenant_id = $1 and subject_id = $2 and state = 'active'", [
    tenantId,
    subjectId,
  ]);
  return count > 0;
}

/** Everything that could stand beside a password. Answers what there was to take. */
export async function deleteAllFactors(tx: Tx, tenantId: string, subjectId: string): Promise<Factors> {
  await lockFactors(tx, subjectId);
  const had = await findFactors(tx, tenantId, subjectId);
  for (const table of ['totp_secrets', 'passkeys', 'recovery_codes'])
    await tx.execute(`delete from identity.${table} where tenant_id = $1 and subject_id = $2`, [tenantId, subjectId]);
  return had;
}

/** New recovery codes in the place of all before. */
export async function replaceRecoveryCodes(
  tx: Tx,
  tenantId: string,
  subjectId: string,
  hashes: readonly Buffer[],
  at: Date,
): Promise<void> {
  await tx.execute('delete from identity.recovery_codes where tenant_id = $1 and subject_id = $2', [tenantId, subjectId]);
  await tx.execute(
    'insert into identity.recovery_codes (tenant_id, subject_id, code_hash, created_at) select $1, $2, unnest($3::bytea[]), $4',
    [tenantId, subjectId, hashes, at],
  );
}

/** True for the one use of a code. */
export async function consumeRecoveryCode(tx: Tx, tenantId: string, subjectId: string, hash: Buffer, at: Date): Promise<boolean> {
  const count = await tx.execute(
    'update identity.recovery_codes set used_at = $4 where tenant_id = $1 and subject_id = $2 and code_hash = $3 and used_at is null',
    [tenantId, subjectId, hash, at],
  );
  return count === 1;
}
