import type { Tx } from '#platform/db/db.ts';
import type { Compared, Pieces } from '../domain/count.ts';
import type { Method } from '../domain/movement.ts';

export type Slips = { method: Method; amountMinor: string; slips: number };
export type CountRow = {
  id: string;
  sessionId: string;
  nth: number;
  atMs: number;
  by: string;
  cash: readonly Pieces[];
  slips: readonly Slips[];
  lines: readonly Compared[];
};
type StoredLine = { method: Method; expectedMinor: string; countedMinor: string | null; differenceMinor: string | null };

export async function insertCount(tx: Tx, tenantId: string, count: Omit<CountRow, 'nth'>): Promise<void> {
  const text = (value: bigint | null) => (value === null ? null : String(value));
  const lines: StoredLine[] = count.lines.map(({ method, expectedMinor, countedMinor, differenceMinor }) => ({
    method,
    expectedMinor: String(expectedMinor),
    countedMinor: text(countedMinor),
    differenceMinor: text(differenceMinor),
  }));
  await tx.execute(
    `insert into drawers.counts (tenant_id, id, session_id, nth, at, by, cash, slips, lines)
     select $1, $2, $3, 1 + (select count(*) from drawers.counts where tenant_id = $1 and session_id = $3), $4, $5, $6, $7, $8`,
    [
      tenantId,
      count.id,
      count.sessionId,
      new Date(count.atMs),
      count.by,
      JSON.stringify(count.cash),
      JSON.stringify(count.slips),
      JSON.stringify(lines),
    ],
  );
}

/** Of some sessions, oldest first. */
export async function listCounts(tx: Tx, tenantId: string, sessionIds: readonly string[]): Promise<CountRow[]> {
  const rows = await tx.query<{
    id: string;
    session_id: string;
    nth: number;
    at: Date;
    by: string;
    cash: Pieces[];
    slips: Slips[];
    lines: StoredLine[];
  }>(
    'select id, session_id, nth, at, by, cash, slips, lines from drawers.counts where tenant_id = $1 and session_id = any($2::uuid[]) order by nth',
    [tenantId, sessionIds],
  );
  const amount = (text: string | null) => (text === null ? null : BigInt(text));
  return rows.map(({ session_id, at, lines, ...row }) => ({
    ...row,
    sessionId: session_id,
    atMs: at.getTime(),
    lines: lines.map(({ method, expectedMinor, countedMinor, differenceMinor }) => ({
      method,
      expectedMinor: BigInt(expectedMinor),
      countedMinor: amount(countedMinor),
      differenceMinor: amount(differenceMinor),
    })),
  }));
}

export type DifferenceRow = {
  id: string;
  sessionId: string;
  stage: 'opening' | 'closing';
  method: Method;
  expectedMinor: bigint;
  countedMinor: bigint;
  differenceMinor: bigint;
  reason: string;
  by: string;
  atMs: number;
  movementId: string | null;
  approvedBy: string | null;
  approvedMs: number | null;
};

export async function insertDifference(tx: Tx, tenantId: string, one: DifferenceRow): Promise<void> {
  await tx.execute(
    `insert into drawers.differences (tenant_id, id, session_id, stage, method, expected_minor, counted_minor, difference_minor, reason, by, at, movement_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      tenantId,
      one.id,
      one.sessionId,
      one.stage,
      one.method,
      one.expectedMinor,
      one.countedMinor,
      one.differenceMinor,
      one.reason,
      one.by,
      new Date(one.atMs),
      one.movementId,
    ],
  );
}

export async function listDifferences(tx: Tx, tenantId: string, sessionIds: readonly string[]): Promise<DifferenceRow[]> {
  const rows = await tx.query<{
    id: string;
    session_id: string;
    stage: 'opening' | 'closing';
    method: Method;
    expected_minor: bigint;
    counted_minor: bigint;
    difference_minor: bigint;
    reason: string;
    by: string;
    at: Date;
    movement_id: string | null;
    approved_by: string | null;
    approved_at: Date | null;
  }>(
    `select id, session_id, stage, method, expected_minor, counted_minor, difference_minor, reason, by, at, movement_id, approved_by, approved_at
     from drawers.differences where tenant_id = $1 and session_id = any($2::uuid[]) order by at, method`,
    [tenantId, sessionIds],
  );
  return rows.map((row) => ({
    id: row.id,
    sessionId: row.session_id,
    stage: row.stage,
    method: row.method,
    expectedMinor: row.expected_minor,
    countedMinor: row.counted_minor,
    differenceMinor: row.difference_minor,
    reason: row.reason,
    by: row.by,
    atMs: row.at.getTime(),
    movementId: row.movement_id,
    approvedBy: row.approved_by,
    approvedMs: row.approved_at?.getTime() ?? null,
  }));
}

/** Who reviewed a session stands for its differences. */
export async function approveDifferences(tx: Tx, tenantId: string, sessionId: string, by: string, at: Date): Promise<void> {
  await tx.execute('update drawers.differences set approved_by = $3, approved_at = $4 where tenant_id = $1 and session_id = $2', [
    tenantId,
    sessionId,
    by,
    at,
  ]);
}
