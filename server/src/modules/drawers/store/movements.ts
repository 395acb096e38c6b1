import type { Tx } from '#platform/db/db.ts';
import type { AnyKind, Method, Totals } from '../domain/movement.ts';
import { METHODS } from '../domain/movement.ts';

export type Phase = 'opening' | 'till' | 'closing' | 'outside';
export type Card = { acquirer: string | null; brand: string | null; instalments: number };
export type MovementRow = {
  id: string;
  accountId: string;
  placeId: string;
  sessionId: string | null;
  phase: Phase;
  kind: AnyKind;
  method: Method;
  amountMinor: bigint;
  paidMinor: bigint | null;
  handedOutMinor: bigint | null;
  cashMinor: bigint;
  slipMinor: bigint;
  note: string | null;
  card: Card | null;
  businessDate: string;
  atMs: number;
  recordedMs: number;
  by: string;
  voids: string | null;
  contentHash: Buffer | null;
  refused: string | null;
};
/** With what became of its entries. */
export type MovementSeen = MovementRow & { voidedBy: string | null; pending: number; position: bigint | null };
type Row = {
  id: string;
  account_id: string;
  place_id: string;
  session_id: string | null;
  phase: Phase;
  kind: AnyKind;
  method: Method;
  amount_minor: bigint;
  paid_minor: bigint | null;
  handed_out_minor: bigint | null;
  cash_minor: bigint;
  slip_minor: bigint;
  note: string | null;
  card: Card | null;
  business_date: string;
  at: Date;
  recorded_at: Date;
  by: string;
  voids: string | null;
  content_hash: Buffer | null;
  refused: string | null;
  voided_by: string | null;
  pending: number;
  position: bigint | null;
};
const SEEN = `m.id, m.account_id, m.place_id, m.session_id, m.phase, m.kind, m.method, m.amount_minor, m.paid_minor, m.handed_out_minor, m.cash_minor, m.slip_minor,
  m.note, m.card, m.business_date::text, m.at, m.recorded_at, m.by, m.voids, m.content_hash, m.refused,
  (select v.id from drawers.movements v where v.tenant_id = m.tenant_id and v.voids = m.id) as voided_by, p.pending, p.position
  from drawers.movements m cross join lateral (
    select (count(*) filter (where state = 'pending'))::int as pending, max(position) as position from drawers.postings where tenant_id = m.tenant_id and about = m.id
  ) p`;
const movementOf = (row: Row): MovementSeen => ({
  id: row.id,
  accountId: row.account_id,
  placeId: row.place_id,
  sessionId: row.session_id,
  phase: row.phase,
  kind: row.kind,
  method: row.method,
  amountMinor: row.amount_minor,
  paidMinor: row.paid_minor,
  handedOutMinor: row.handed_out_minor,
  cashMinor: row.cash_minor,
  slipMinor: row.slip_minor,
  note: row.note,
  card: row.card,
  businessDate: row.business_date,
  atMs: row.at.getTime(),
  recordedMs: row.recorded_at.getTime(),
  by: row.by,
  voids: row.voids,
  contentHash: row.content_hash,
  refused: row.refused,
  voidedBy: row.voided_by,
  pending: row.pending,
  position: row.position,
});

/** False where there is one of this id already. */
export async function insertMovement(tx: Tx, tenantId: string, row: MovementRow): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into drawers.movements (tenant_id, id, account_id, place_id, session_id, phase, kind, method, amount_minor, paid_minor, handed_out_minor, cash_minor,
       slip_minor, note, card, business_date, at, recorded_at, by, voids, content_hash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) on conflict do nothing`,
    [
      tenantId,
      row.id,
      row.accountId,
      row.placeId,
      row.sessionId,
      row.phase,
      row.kind,
      row.method,
      row.amountMinor,
      row.paidMinor,
      row.handedOutMinor,
      row.cashMinor,
      row.slipMinor,
      row.note,
      row.card === null ? null : JSON.stringify(row.card),
      row.businessDate,
      new Date(row.atMs),
      new Date(row.recordedMs),
      row.by,
      row.voids,
      row.contentHash,
    ],
  );
  return inserted === 1;
}

export async function findMovement(tx: Tx, tenantId: string, accountId: string, id: string): Promise<MovementSeen | undefined> {
  const [row] = await tx.query<Row>(`select ${SEEN} where m.tenant_id = $1 and m.id = $2 and m.account_id = $3`, [tenantId, id, accountId]);
  return row && movementOf(row);
}

/** In the order in which they happened. */
export async function listMovements(tx: Tx, tenantId: string, sessionId: string): Promise<MovementSeen[]> {
  const rows = await tx.query<Row>(`select ${SEEN} where m.tenant_id = $1 and m.session_id = $2 order by m.at, m.id`, [
    tenantId,
    sessionId,
  ]);
  return rows.map(movementOf);
}

/**
 * What should be there of each method: the float, and all that happened at the till and was not refused. Less what was to explain the float and was refused by the
 * books: they know nothing of it in the drawer, so that the count finds it as a difference.
 */
export async function sumSession(tx: Tx, tenantId: string, sessionId: string, floatMinor: bigint): Promise<Totals> {
  const rows = await tx.query<{ method: Method; cash: bigint; slips: bigint }>(
    `select method, sum(case phase when 'till' then cash_minor else -cash_minor end) as cash, sum(slip_minor) as slips from drawers.movements
     where tenant_id = $1 and session_id = $2 and ((phase = 'till' and refused is null) or (phase = 'opening' and refused is not null)) group by method`,
    [tenantId, sessionId],
  );
  const cash = rows.reduce((sum, row) => sum + row.cash, floatMinor);
  const of = (method: Method): bigint => (method === 'cash' ? cash : (rows.find((row) => row.method === method)?.slips ?? 0n));
  return Object.fromEntries(METHODS.map((method) => [method, of(method)])) as Record<Method, bigint>;
}

/** Whether something happened at the till after a moment. */
export async function happenedAfter(tx: Tx, tenantId: string, sessionId: string, atMs: number): Promise<boolean> {
  const rows = await tx.query(
    `select from drawers.movements where tenant_id = $1 and session_id = $2 and phase = 'till' and refused is null and at > $3 limit 1`,
    [tenantId, sessionId, new Date(atMs)],
  );
  return rows.length > 0;
}

export async function markRefused(tx: Tx, tenantId: string, id: string, code: string): Promise<boolean> {
  return (
    (await tx.execute('update drawers.movements set refused = $3 where tenant_id = $1 and id = $2 and refused is null', [
      tenantId,
      id,
      code,
    ])) === 1
  );
}
