import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';

export type ExportRow = {
  tenantId: string;
  id: string;
  subjectId: string;
  retained: boolean;
  askedBy: Actor;
  askedAt: Date;
  readyAt: Date | null;
  expiresAt: Date | null;
  jsonBytes: number | null;
  pdfBytes: number | null;
};

type Row = Omit<ExportRow, 'askedBy' | 'jsonBytes' | 'pdfBytes'> & {
  kind: Actor['kind'];
  by: string;
  jsonBytes: bigint | null;
  pdfBytes: bigint | null;
};
const COLUMNS = `tenant_id as "tenantId", id, subject_id as "subjectId", retained, asked_by_kind as kind, asked_by as by, asked_at as "askedAt",
  ready_at as "readyAt", expires_at as "expiresAt", json_bytes as "jsonBytes", pdf_bytes as "pdfBytes"`;

const toExport = ({ kind, by, jsonBytes, pdfBytes, ...row }: Row): ExportRow => ({
  ...row,
  askedBy: { kind, id: by },
  jsonBytes: jsonBytes === null ? null : Number(jsonBytes),
  pdfBytes: pdfBytes === null ? null : Number(pdfBytes),
});

/** False when one is being made already. */
export async function insertExport(tx: Tx, row: Pick<ExportRow, 'tenantId' | 'id' | 'subjectId' | 'retained' | 'askedBy' | 'askedAt'>) {
  const count = await tx.execute(
    `insert into privacy.exports (tenant_id, id, subject_id, retained, asked_by_kind, asked_by, asked_at) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing`,
    [row.tenantId, row.id, row.subjectId, row.retained, row.askedBy.kind, row.askedBy.id, row.askedAt],
  );
  return count === 1;
}

export async function findExport(tx: Tx, tenantId: string, id: string): Promise<ExportRow | undefined> {
  const rows = await tx.query<Row>(`select ${COLUMNS} from privacy.exports where tenant_id = $1 and id = $2`, [tenantId, id]);
  return rows[0] && toExport(rows[0]);
}

/** Those that are being made or can be read, newest first: a person's own, or of what is kept by law. */
export async function findLiving(tx: Tx, tenantId: string, whose: { subjectId: string } | 'retained', now: Date): Promise<ExportRow[]> {
  const isRetained = whose === 'retained';
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from privacy.exports where tenant_id = $1 and retained = $2 and ($3::uuid is null or subject_id = $3)
       and (expires_at is null or expires_at > $4) order by asked_at desc, id desc limit 100`,
    [tenantId, isRetained, isRetained ? null : whose.subjectId, now],
  );
  return rows.map(toExport);
}

/** False when it was ready before: another attempt was faster. */
export async function markReady(
  tx: Tx,
  {
    tenantId,
    id,
    readyAt,
    expiresAt,
    jsonBytes,
    pdfBytes,
  }: { tenantId: string; id: string; readyAt: Date; expiresAt: Date; jsonBytes: number; pdfBytes: number },
): Promise<boolean> {
  const count = await tx.execute(
    `update privacy.exports set ready_at = $3, expires_at = $4, json_bytes = $5, pdf_bytes = $6 where tenant_id = $1 and id = $2 and ready_at is null`,
    [tenantId, id, readyAt, expiresAt, jsonBytes, pdfBytes],
  );
  return count === 1;
}
