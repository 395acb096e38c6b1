import type { Tx } from '#platform/db/db.ts';
import type { Pieces } from '../domain/count.ts';
import type { Session, Status } from '../domain/session.ts';

export type SessionRow = Session & {
  id: string;
  accountId: string;
  placeId: string;
  storeId: string;
  businessDate: string;
  cutOffHour: number;
  timeZone: string;
  floatMinor: bigint;
  floatCash: readonly Pieces[];
  reviewedBy: string | null;
  reviewedMs: number | null;
  reviewNote: string | null;
};
type Row = {
  id: string;
  account_id: string;
  place_id: string;
  store_id: string;
  status: Status;
  business_date: string;
  cut_off_hour: number;
  time_zone: string;
  opened_by: string;
  opened_at: Date;
  float_minor: bigint;
  float_cash: Pieces[];
  counted_at: Date | null;
  closed_by: string | null;
  closed_at: Date | null;
  reviewed_by: string | null;
  reviewed_at: Date | null;
  review_note: string | null;
};
const COLUMNS = `id, account_id, place_id, store_id, status, business_date::text, cut_off_hour, time_zone, opened_by, opened_at, float_minor, float_cash,
  counted_at, closed_by, closed_at, reviewed_by, reviewed_at, review_note`;
const ms = (at: Date | null): number | null => at?.getTime() ?? null;
const sessionOf = (row: Row): SessionRow => ({
  id: row.id,
  accountId: row.account_id,
  placeId: row.place_id,
  storeId: row.store_id,
  status: row.status,
  businessDate: row.business_date,
  cutOffHour: row.cut_off_hour,
  timeZone: row.time_zone,
  openedBy: row.opened_by,
  openedMs: row.opened_at.getTime(),
  floatMinor: row.float_minor,
  floatCash: row.float_cash,
  countedMs: ms(row.counted_at),
  closedBy: row.closed_by,
  closedMs: ms(row.closed_at),
  reviewedBy: row.reviewed_by,
  reviewedMs: ms(row.reviewed_at),
  reviewNote: row.review_note,
});

/** False where the drawer has an open session: the index decides, whoever else opens it at this moment. */
export async function insertSession(tx: Tx, tenantId: string, session: SessionRow): Promise<boolean> {
  const inserted = await tx.execute(
    `insert into drawers.sessions (tenant_id, id, account_id, place_id, store_id, business_date, cut_off_hour, time_zone, opened_by, opened_at, float_minor, float_cash)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (tenant_id, place_id) where status in ('open', 'counting') do nothing`,
    [
      tenantId,
      session.id,
      session.accountId,
      session.placeId,
      session.storeId,
      session.businessDate,
      session.cutOffHour,
      session.timeZone,
      session.openedBy,
      new Date(session.openedMs),
      session.floatMinor,
      JSON.stringify(session.floatCash),
    ],
  );
  return inserted === 1;
}

export async function findSession(tx: Tx, tenantId: string, accountId: string, id: string): Promise<SessionRow | undefined> {
  const [row] = await tx.query<Row>(`select ${COLUMNS} from drawers.sessions where tenant_id = $1 and id = $2 and account_id = $3`, [
    tenantId,
    id,
    accountId,
  ]);
  return row && sessionOf(row);
}

/** Those that are open or being counted, of all drawers of an account. */
export async function findOpenSessions(tx: Tx, tenantId: string, accountId: string): Promise<SessionRow[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from drawers.sessions where tenant_id = $1 and account_id = $2 and status in ('open', 'counting')`,
    [tenantId, accountId],
  );
  return rows.map(sessionOf);
}

export async function findOpenSession(tx: Tx, tenantId: string, placeId: string): Promise<SessionRow | undefined> {
  const [row] = await tx.query<Row>(
    `select ${COLUMNS} from drawers.sessions where tenant_id = $1 and place_id = $2 and status in ('open', 'counting')`,
    [tenantId, placeId],
  );
  return row && sessionOf(row);
}

/** The session that held the drawer at a moment: the last one opened by then. */
export async function findSessionAt(tx: Tx, tenantId: string, placeId: string, atMs: number): Promise<SessionRow | undefined> {
  const [row] = await tx.query<Row>(
    `select ${COLUMNS} from drawers.sessions where tenant_id = $1 and place_id = $2 and opened_at <= $3 order by opened_at desc limit 1`,
    [tenantId, placeId, new Date(atMs)],
  );
  return row && sessionOf(row);
}

export type SessionSummary = SessionRow & { differenceMinor: bigint | null };

export async function listSessions(
  tx: Tx,
  tenantId: string,
  { accountId, from, to, limit }: { accountId: string; from: string; to: string; limit: number },
): Promise<SessionSummary[]> {
  const rows = await tx.query<Row & { difference_minor: bigint | null }>(
    `select ${COLUMNS}, (select d.difference_minor from drawers.differences d
       where d.tenant_id = s.tenant_id and d.session_id = s.id and d.stage = 'closing' and d.method = 'cash') as difference_minor
     from drawers.sessions s where s.tenant_id = $1 and s.account_id = $2 and s.business_date between $3 and $4
     order by s.business_date desc, s.opened_at desc limit $5`,
    [tenantId, accountId, from, to, limit],
  );
  return rows.map((row) => ({ ...sessionOf(row), differenceMinor: row.difference_minor }));
}

/** Of a session that this transaction holds. */
export async function updateSession(tx: Tx, tenantId: string, session: SessionRow): Promise<void> {
  const at = (value: number | null) => (value === null ? null : new Date(value));
  await tx.execute(
    `update drawers.sessions set status = $3, counted_at = $4, closed_by = $5, closed_at = $6, reviewed_by = $7, reviewed_at = $8, review_note = $9
     where tenant_id = $1 and id = $2`,
    [
      tenantId,
      session.id,
      session.status,
      at(session.countedMs),
      session.closedBy,
      at(session.closedMs),
      session.reviewedBy,
      at(session.reviewedMs),
      session.reviewNote,
    ],
  );
}
