import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';

/** What a person is told about their own log-in. */
export type NoteKind =
  | 'password-changed'
  | 'password-reset'
  | 'email-verified'
  | 'totp-added'
  | 'totp-removed'
  | 'passkey-added'
  | 'passkey-removed'
  | 'recovery-codes-made'
  | 'recovery-code-used'
  | 'sessions-ended'
  | 'device-new'
  | 'device-known'
  | 'device-forgotten'
  | 'account-locked'
  | 'unlock-asked';
export type SecurityNote = { kind: NoteKind; at: Date };

const SHOWN = 20;

export async function insertNote(tx: Tx, tenantId: string, subjectId: string, kind: NoteKind, at: Date): Promise<void> {
  await tx.execute('insert into identity.security_notes (tenant_id, subject_id, note_id, kind, noted_at) values ($1, $2, $3, $4, $5)', [
    tenantId,
    subjectId,
    newId(),
    kind,
    at,
  ]);
}

/** The newest first. */
export async function listNotes(tx: Tx, tenantId: string, subjectId: string): Promise<SecurityNote[]> {
  return tx.query<SecurityNote>(
    `select kind, noted_at as at from identity.security_notes where tenant_id = $1 and subject_id = $2 order by note_id desc limit ${SHOWN}`,
    [tenantId, subjectId],
  );
}
