import type { Tx } from '#platform/db/db.ts';
import type { Language } from '#platform/http/language.ts';
import type { PasswordHash } from '../password-hash.ts';

export type PersonRow = {
  tenantId: string;
  subjectId: string;
  nameSealed: Buffer;
  cpfSealed: Buffer;
  emailSealed: Buffer;
  cpfHash: Buffer;
  emailHash: Buffer;
  createdAt: Date;
};

/** False when the CPF or the e-mail belongs to somebody already. */
export async function insertPerson(tx: Tx, row: PersonRow): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into identity.people (tenant_id, subject_id, name_sealed, cpf_sealed, email_sealed, cpf_hash, email_hash, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [row.tenantId, row.subjectId, row.nameSealed, row.cpfSealed, row.emailSealed, row.cpfHash, row.emailHash, row.createdAt],
  );
  return inserted === 1;
}

/** Which of the two is taken; null when neither. */
export async function findTaken(tx: Tx, tenantId: string, cpfHash: Buffer, emailHash: Buffer): Promise<'cpf' | 'email' | null> {
  const rows = await tx.query<{ same_cpf: boolean }>(
    'select cpf_hash = $2 as same_cpf from identity.people where tenant_id = $1 and (cpf_hash = $2 or email_hash = $3) order by 1 desc limit 1',
    [tenantId, cpfHash, emailHash],
  );
  const row = rows[0];
  if (!row) return null;
  return row.same_cpf ? 'cpf' : 'email';
}

export async function findPerson(
  tx: Tx,
  tenantId: string,
  subjectId: string,
): Promise<{ nameSealed: Buffer; cpfSealed: Buffer; emailSealed: Buffer; createdAt: Date } | null> {
  const rows = await tx.query<{ name_sealed: Buffer; cpf_sealed: Buffer; email_sealed: Buffer; created_at: Date }>(
    'select name_sealed, cpf_sealed, email_sealed, created_at from identity.people where tenant_id = $1 and subject_id = $2',
    [tenantId, subjectId],
  );
  const row = rows[0];
  return row ? { nameSealed: row.name_sealed, cpfSealed: row.cpf_sealed, emailSealed: row.email_sealed, createdAt: row.created_at } : null;
}

/** Whether a customer of the tenant has this id. */
export async function customerExists(tx: Tx, tenantId: string, subjectId: string): Promise<boolean> {
  const rows = await tx.query("select 1 from identity.people where tenant_id = $1 and subject_id = $2 and realm = 'customer'", [
    tenantId,
    subjectId,
  ]);
  return rows.length > 0;
}

export async function saveCredential(tx: Tx, tenantId: string, subjectId: string, hash: PasswordHash, at: Date): Promise<void> {
  await tx.execute(
    `insert into identity.credentials (tenant_id, subject_id, algorithm, memory_kib, passes, parallelism, salt, hash, updated_at)
     values ($1, $2, 'argon2id', $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, subject_id) do update set memory_kib = excluded.memory_kib, passes = excluded.passes,
       parallelism = excluded.parallelism, salt = excluded.salt, hash = excluded.hash, updated_at = excluded.updated_at`,
    [tenantId, subjectId, hash.memoryKib, hash.passes, hash.parallelism, hash.salt, hash.hash, at],
  );
}

type CredentialRow = { subject_id: string; memory_kib: number; passes: number; parallelism: number; salt: Buffer; hash: Buffer };

/** The credential of whoever logs in with this CPF or e-mail. */
export async function findCredential(
  tx: Tx,
  tenantId: string,
  kind: 'cpf' | 'email',
  loginHash: Buffer,
): Promise<{ subjectId: string; stored: PasswordHash } | null> {
  const column = kind === 'cpf' ? 'cpf_hash' : 'email_hash';
  const rows = await tx.query<CredentialRow>(
    `select c.subject_id, c.memory_kib, c.passes, c.parallelism, c.salt, c.hash
     from identity.people p join identity.credentials c using (tenant_id, subject_id) where p.tenant_id = $1 and p.${column} = $2`,
    [tenantId, loginHash],
  );
  const row = rows[0];
  if (!row) return null;
  const { memory_kib: memoryKib, passes, parallelism, salt, hash } = row;
  return { subjectId: row.subject_id, stored: { memoryKib, passes, parallelism, salt, hash } };
}

/** The credential of a person who is known already; null after there is none. */
export async function findCredentialOf(tx: Tx, tenantId: string, subjectId: string): Promise<(PasswordHash & { updatedAt: Date }) | null> {
  const rows = await tx.query<CredentialRow & { updated_at: Date }>(
    'select subject_id, memory_kib, passes, parallelism, salt, hash, updated_at from identity.credentials where tenant_id = $1 and subject_id = $2',
    [tenantId, subjectId],
  );
  const row = rows[0];
  if (!row) return null;
  const { memory_kib: memoryKib, passes, parallelism, salt, hash, updated_at: updatedAt } = row;
  return { memoryKib, passes, parallelism, salt, hash, updatedAt };
}

/** Whoever has this CPF or e-mail, if they proved the address; null otherwise. */
export async function findVerified(tx: Tx, tenantId: string, kind: 'cpf' | 'email', loginHash: Buffer): Promise<string | null> {
  const column = kind === 'cpf' ? 'cpf_hash' : 'email_hash';
  const rows = await tx.query<{ subject_id: string }>(
    `select subject_id from identity.people where tenant_id = $1 and ${column} = $2 and email_verified_at is not null`,
    [tenantId, loginHash],
  );
  return rows[0]?.subject_id ?? null;
}

/** Whose these are, for a letter to them: the owner of the CPF before the one of the e-mail. */
export async function findOwners(tx: Tx, tenantId: string, cpfHash: Buffer, emailHash: Buffer): Promise<string[]> {
  const rows = await tx.query<{ subject_id: string }>(
    'select subject_id from identity.people where tenant_id = $1 and (cpf_hash = $2 or email_hash = $3)',
    [tenantId, cpfHash, emailHash],
  );
  return rows.map((row) => row.subject_id);
}

/** How a person is written to. */
export async function findReader(
  tx: Tx,
  tenantId: string,
  subjectId: string,
): Promise<{ nameSealed: Buffer; emailSealed: Buffer; language: Language } | null> {
  const rows = await tx.query<{ nameSealed: Buffer; emailSealed: Buffer; language: Language }>(
    `select name_sealed as "nameSealed", email_sealed as "emailSealed", language from identity.people where tenant_id = $1 and subject_id = $2`,
    [tenantId, subjectId],
  );
  return rows[0] ?? null;
}

/** The language somebody uses now is the one they are written to in. */
export async function saveLanguage(tx: Tx, tenantId: string, subjectId: string, language: Language): Promise<void> {
  await tx.execute('update identity.people set language = $3 where tenant_id = $1 and subject_id = $2 and language <> $3', [
    tenantId,
    subjectId,
    language,
  ]);
}

export async function isEmailVerified(tx: Tx, tenantId: string, subjectId: string): Promise<boolean> {
  const rows = await tx.query('select 1 from identity.people where tenant_id = $1 and subject_id = $2 and email_verified_at is not null', [
    tenantId,
    subjectId,
  ]);
  return rows.length > 0;
}

/** False when it was proved before. */
export async function verifyEmail(tx: Tx, tenantId: string, subjectId: string, at: Date): Promise<boolean> {
  const count = await tx.execute(
    'update identity.people set email_verified_at = $3 where tenant_id = $1 and subject_id = $2 and email_verified_at is null',
    [tenantId, subjectId, at],
  );
  return count === 1;
}

/** Whether this idempotency key was used before: its sender repeats, so "taken" would be about themself. */
export async function isKeyKnown(tx: Tx, tenantId: string, principal: string, route: string, key: string): Promise<boolean> {
  const rows = await tx.query(
    'select 1 from identity.idempotency_keys where tenant_id = $1 and principal = $2 and route = $3 and key = $4',
    [tenantId, principal, route, key],
  );
  return rows.length > 0;
}
