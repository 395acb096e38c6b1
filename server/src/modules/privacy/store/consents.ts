import type { Tx } from '#platform/db/db.ts';
import type { ConsentSaid, Purpose } from '../domain/consents.ts';

export type ConsentRow = ConsentSaid & { id: string; fromSealed: Buffer };

export async function insertConsent(tx: Tx, tenantId: string, subjectId: string, row: ConsentRow): Promise<void> {
  await tx.execute(
    `insert into privacy.consents (tenant_id, id, subject_id, purpose, version, given, from_sealed, at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [tenantId, row.id, subjectId, row.purpose, row.version, row.given, row.fromSealed, row.at],
  );
}

/** All that a person said, in order. */
export function findConsents(tx: Tx, tenantId: string, subjectId: string): Promise<ConsentRow[]> {
  return tx.query<ConsentRow>(
    `select id, purpose, version, given, from_sealed as "fromSealed", at from privacy.consents where tenant_id = $1 and subject_id = $2 order by at, id`,
    [tenantId, subjectId],
  );
}

/** The last word of a person about a purpose, locked against another one at the same moment. */
export async function lastSaid(tx: Tx, tenantId: string, subjectId: string, purpose: Purpose): Promise<ConsentSaid | undefined> {
  await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`consent/${tenantId}/${subjectId}/${purpose}`]);
  const rows = await tx.query<ConsentSaid>(
    `select purpose, version, given, at from privacy.consents where tenant_id = $1 and subject_id = $2 and purpose = $3
     order by at desc, id desc limit 1`,
    [tenantId, subjectId, purpose],
  );
  return rows[0];
}
