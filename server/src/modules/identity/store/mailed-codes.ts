import type { Tx } from '#platform/db/db.ts';
import type { Language } from '#platform/http/language.ts';

export type CodePurpose = 'reset' | 'email' | 'device';
export type CodeRow = {
  tenantId: string;
  purpose: CodePurpose;
  /** Of the log-in or the person that may use it. */
  boundHash: Buffer;
  codeId: string;
  /** Null as long as nobody has looked whose name was given, and for good when it is nobody's. */
  subjectId: string | null;
  loginKind: 'cpf' | 'email' | null;
  loginHash: Buffer | null;
  language: Language;
  expiresAt: Date;
};

const COLUMNS = `tenant_id as "tenantId", purpose, bound_hash as "boundHash", code_id as "codeId", subject_id as "subjectId",
  login_kind as "loginKind", login_hash as "loginHash", language, expires_at as "expiresAt"`;

/** The newest code is the one that counts. */
export async function saveCode(tx: Tx, row: CodeRow): Promise<void> {
  await tx.execute(
    `insert into identity.mailed_codes
       (tenant_id, purpose, bound_hash, code_id, subject_id, login_kind, login_hash, language, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (tenant_id, purpose, bound_hash) do update set code_id = excluded.code_id, subject_id = excluded.subject_id,
       login_kind = excluded.login_kind, login_hash = excluded.login_hash, language = excluded.language, failures = 0,
       expires_at = excluded.expires_at`,
    [row.tenantId, row.purpose, row.boundHash, row.codeId, row.subjectId, row.loginKind, row.loginHash, row.language, row.expiresAt],
  );
}

/** By its own id: another one that took its place is not found. */
export async function findCode(tx: Tx, tenantId: string, purpose: CodePurpose, boundHash: Buffer, codeId: string): Promise<CodeRow | null> {
  const rows = await tx.query<CodeRow>(
    `select ${COLUMNS} from identity.mailed_codes where tenant_id = $1 and purpose = $2 and bound_hash = $3 and code_id = $4`,
    [tenantId, purpose, boundHash, codeId],
  );
  return rows[0] ?? null;
}

/** Whose name was given is known now. */
export async function nameCode(tx: Tx, { tenantId, purpose, boundHash, codeId }: CodeRow, subjectId: string): Promise<void> {
  await tx.execute(
    'update identity.mailed_codes set subject_id = $5 where tenant_id = $1 and purpose = $2 and bound_hash = $3 and code_id = $4',
    [tenantId, purpose, boundHash, codeId, subjectId],
  );
}

/** Counts a try before it is looked at, so that many at once are no more than one after another; null when none is left, or no code. */
export async function countTry(
  tx: Tx,
  tenantId: string,
  purpose: CodePurpose,
  boundHash: Buffer,
  now: Date,
  most: number,
): Promise<CodeRow | null> {
  const rows = await tx.query<CodeRow>(
    `update identity.mailed_codes set failures = failures + 1
     where tenant_id = $1 and purpose = $2 and bound_hash = $3 and expires_at > $4 and failures < $5 returning ${COLUMNS}`,
    [tenantId, purpose, boundHash, now, most],
  );
  return rows[0] ?? null;
}

/** A code that was right and not used up (the new password was too weak) may be typed again. */
export async function giveBackTry(tx: Tx, { tenantId, purpose, boundHash, codeId }: CodeRow): Promise<void> {
  await tx.execute(
    `update identity.mailed_codes set failures = greatest(failures - 1, 0)
     where tenant_id = $1 and purpose = $2 and bound_hash = $3 and code_id = $4`,
    [tenantId, purpose, boundHash, codeId],
  );
}

/** True for the one caller that uses it up. */
export async function useCode(tx: Tx, { tenantId, purpose, boundHash, codeId }: CodeRow): Promise<boolean> {
  const count = await tx.execute(
    'delete from identity.mailed_codes where tenant_id = $1 and purpose = $2 and bound_hash = $3 and code_id = $4',
    [tenantId, purpose, boundHash, codeId],
  );
  return count === 1;
}
