import type { Actor } from '../context.ts';
import type { Tx } from '../db/db.ts';
import type { ApprovalState } from './rules.ts';

export type ApprovalRow = {
  tenantId: string;
  id: string;
  kind: string;
  about: string;
  payload: unknown;
  reason: string;
  askedBy: Actor;
  askedAt: Date;
  expiresAt: Date;
  seal: Buffer;
  state: ApprovalState;
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionReason: string | null;
  result: unknown;
  /** By the database's clock, as the row was read. */
  isLate: boolean;
};

type Found = Omit<ApprovalRow, 'askedBy'> & { askedByKind: Actor['kind']; askedById: string };
const COLUMNS = `tenant_id as "tenantId", approval_id as id, kind, about, payload, reason, asked_by_kind as "askedByKind", asked_by as "askedById",
  asked_at as "askedAt", expires_at as "expiresAt", seal, state, decided_by as "decidedBy", decided_at as "decidedAt",
  decision_reason as "decisionReason", result, expires_at <= clock_timestamp() as "isLate"`;

const read = ({ askedByKind, askedById, ...row }: Found): ApprovalRow => ({ ...row, askedBy: { kind: askedByKind, id: askedById } });
const table = (tx: Tx): string => `${tx.scope.module}.approvals`;

/** False when a request about the same thing waits already. */
export async function insertApproval(
  tx: Tx,
  row: Omit<ApprovalRow, 'state' | 'decidedBy' | 'decidedAt' | 'decisionReason' | 'result' | 'isLate'>,
): Promise<boolean> {
  const count = await tx.execute(
    `insert into ${table(tx)} (tenant_id, approval_id, kind, about, payload, reason, asked_by_kind, asked_by, asked_at, expires_at, seal)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing`,
    [
      row.tenantId,
      row.id,
      row.kind,
      row.about,
      JSON.stringify(row.payload),
      row.reason,
      row.askedBy.kind,
      row.askedBy.id,
      row.askedAt,
      row.expiresAt,
      row.seal,
    ],
  );
  return count === 1;
}

/** Locked until the transaction ends: of two who decide at once, the second finds what the first did. */
export async function lockApproval(tx: Tx, tenantId: string, id: string): Promise<ApprovalRow | null> {
  const rows = await tx.query<Found>(`select ${COLUMNS} from ${table(tx)} where tenant_id = $1 and approval_id = $2 for update`, [
    tenantId,
    id,
  ]);
  return rows[0] ? read(rows[0]) : null;
}

export async function endApproval(
  tx: Tx,
  row: Pick<ApprovalRow, 'tenantId' | 'id'>,
  end: { state: ApprovalState; by: string | null; at: Date; reason: string | null; result?: unknown },
): Promise<void> {
  await tx.execute(
    `update ${table(tx)} set state = $3, decided_by = $4, decided_at = $5, decision_reason = $6, result = $7
     where tenant_id = $1 and approval_id = $2`,
    [row.tenantId, row.id, end.state, end.by, end.at, end.reason, end.result === undefined ? null : JSON.stringify(end.result)],
  );
}

/** A tenant's requests, the newest first; those that wait, or all. */
export async function findApprovals(tx: Tx, tenantId: string, onlyPending: boolean, limit: number): Promise<ApprovalRow[]> {
  const rows = await tx.query<Found>(
    `select ${COLUMNS} from ${table(tx)} where tenant_id = $1 and (state = 'pending' or not $2)
     order by asked_at desc, approval_id desc limit $3`,
    [tenantId, onlyPending, limit],
  );
  return rows.map(read);
}

/** Requests whose time is up and that nobody has ended, locked. */
export async function lockLate(tx: Tx, limit: number): Promise<ApprovalRow[]> {
  const rows = await tx.query<Found>(
    `select ${COLUMNS} from ${table(tx)} where state = 'pending' and expires_at <= clock_timestamp()
     order by expires_at limit $1 for update skip locked`,
    [limit],
  );
  return rows.map(read);
}

/** The request of this kind about this thing whose time is up and that nobody has ended, locked. */
export async function lockLateAbout(
  tx: Tx,
  { tenantId, kind, about }: Pick<ApprovalRow, 'tenantId' | 'kind' | 'about'>,
): Promise<ApprovalRow[]> {
  const rows = await tx.query<Found>(
    `select ${COLUMNS} from ${table(tx)}
     where tenant_id = $1 and kind = $2 and about = $3 and state = 'pending' and expires_at <= clock_timestamp() for update`,
    [tenantId, kind, about],
  );
  return rows.map(read);
}
