import type { Tx } from '#platform/db/db.ts';
import type { OfflineSale } from '../contract.ts';

export type LateSaleRow = {
  id: string;
  accountId: string;
  placeId: string;
  sessionId: string | null;
  atMs: number;
  why: 'closed' | 'no-session' | 'future';
  sale: OfflineSale;
  contentHash: Buffer;
  toldBy: string;
  toldMs: number;
  state: 'waiting' | 'recorded' | 'discarded';
  decision: string | null;
  reason: string | null;
};
type Row = {
  id: string;
  account_id: string;
  place_id: string;
  session_id: string | null;
  at: Date;
  why: LateSaleRow['why'];
  sale: OfflineSale;
  content_hash: Buffer;
  told_by: string;
  told_at: Date;
  state: LateSaleRow['state'];
  decision: string | null;
  reason: string | null;
};
const COLUMNS = 'id, account_id, place_id, session_id, at, why, sale, content_hash, told_by, told_at, state, decision, reason';
const saleOf = (row: Row): LateSaleRow => ({
  id: row.id,
  accountId: row.account_id,
  placeId: row.place_id,
  sessionId: row.session_id,
  atMs: row.at.getTime(),
  why: row.why,
  sale: row.sale,
  contentHash: row.content_hash,
  toldBy: row.told_by,
  toldMs: row.told_at.getTime(),
  state: row.state,
  decision: row.decision,
  reason: row.reason,
});

export async function insertLateSale(tx: Tx, tenantId: string, one: LateSaleRow): Promise<void> {
  await tx.execute(
    `insert into drawers.late_sales (tenant_id, id, account_id, place_id, session_id, at, why, sale, content_hash, told_by, told_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      tenantId,
      one.id,
      one.accountId,
      one.placeId,
      one.sessionId,
      new Date(one.atMs),
      one.why,
      JSON.stringify(one.sale),
      one.contentHash,
      one.toldBy,
      new Date(one.toldMs),
    ],
  );
}

/** Held until the transaction ends. */
export async function lockLateSale(tx: Tx, tenantId: string, accountId: string, id: string): Promise<LateSaleRow | undefined> {
  const [row] = await tx.query<Row>(
    `select ${COLUMNS} from drawers.late_sales where tenant_id = $1 and id = $2 and account_id = $3 for update`,
    [tenantId, id, accountId],
  );
  return row && saleOf(row);
}

export async function listWaiting(tx: Tx, tenantId: string, accountId: string, limit: number): Promise<LateSaleRow[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from drawers.late_sales where tenant_id = $1 and account_id = $2 and state = 'waiting' order by at limit $3`,
    [tenantId, accountId, limit],
  );
  return rows.map(saleOf);
}

export async function countWaiting(tx: Tx, tenantId: string, accountId: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    `select count(*)::int as n from drawers.late_sales where tenant_id = $1 and account_id = $2 and state = 'waiting'`,
    [tenantId, accountId],
  );
  return row!.n;
}

export async function decideLateSale(
  tx: Tx,
  tenantId: string,
  { id, state, decision, reason }: Pick<LateSaleRow, 'id' | 'state' | 'decision' | 'reason'>,
  { by, at }: { by: string; at: Date },
): Promise<void> {
  await tx.execute(
    'update drawers.late_sales set state = $3, decision = $4, reason = $5, decided_by = $6, decided_at = $7 where tenant_id = $1 and id = $2',
    [tenantId, id, state, decision, reason, by, at],
  );
}

/** What of these ids is known already, and as what. */
export async function findKnownSales(
  tx: Tx,
  tenantId: string,
  ids: readonly string[],
): Promise<Map<string, { contentHash: Buffer | null; sessionId: string | null; isWaiting: boolean }>> {
  const rows = await tx.query<{ id: string; content_hash: Buffer | null; session_id: string | null; waiting: boolean }>(
    `select id, content_hash, session_id, false as waiting from drawers.movements where tenant_id = $1 and id = any($2::uuid[])
     union all select id, content_hash, session_id, state = 'waiting' from drawers.late_sales where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, ids],
  );
  return new Map(rows.map((row) => [row.id, { contentHash: row.content_hash, sessionId: row.session_id, isWaiting: row.waiting }]));
}
