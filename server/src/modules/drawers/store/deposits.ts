import type { Tx } from '#platform/db/db.ts';

export type DepositRow = {
  id: string;
  accountId: string;
  fromRef: string;
  transitId: string;
  amountMinor: bigint;
  state: 'in-transit' | 'credited' | 'refused';
  sentOn: string;
  sentBy: string;
  sentMs: number;
  creditedOn: string | null;
  toPlaceId: string | null;
};
type Row = {
  id: string;
  account_id: string;
  from_ref: string;
  transit_id: string;
  amount_minor: bigint;
  state: DepositRow['state'];
  sent_on: string;
  sent_by: string;
  sent_at: Date;
  credited_on: string | null;
  to_place_id: string | null;
};
const COLUMNS =
  'id, account_id, from_ref, transit_id, amount_minor, state, sent_on::text, sent_by, sent_at, credited_on::text, to_place_id';
const depositOf = (row: Row): DepositRow => ({
  id: row.id,
  accountId: row.account_id,
  fromRef: row.from_ref,
  transitId: row.transit_id,
  amountMinor: row.amount_minor,
  state: row.state,
  sentOn: row.sent_on,
  sentBy: row.sent_by,
  sentMs: row.sent_at.getTime(),
  creditedOn: row.credited_on,
  toPlaceId: row.to_place_id,
});

export async function insertDeposit(tx: Tx, tenantId: string, one: DepositRow): Promise<void> {
  await tx.execute(
    `insert into drawers.deposits (tenant_id, id, account_id, from_ref, transit_id, amount_minor, sent_on, sent_by, sent_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tenantId, one.id, one.accountId, one.fromRef, one.transitId, one.amountMinor, one.sentOn, one.sentBy, new Date(one.sentMs)],
  );
}

export async function lockDeposit(tx: Tx, tenantId: string, accountId: string, id: string): Promise<DepositRow | undefined> {
  const [row] = await tx.query<Row>(
    `select ${COLUMNS} from drawers.deposits where tenant_id = $1 and id = $2 and account_id = $3 for update`,
    [tenantId, id, accountId],
  );
  return row && depositOf(row);
}

/** The newest first. */
export async function listDeposits(tx: Tx, tenantId: string, accountId: string, limit: number): Promise<DepositRow[]> {
  const rows = await tx.query<Row>(
    `select ${COLUMNS} from drawers.deposits where tenant_id = $1 and account_id = $2 order by sent_at desc, id desc limit $3`,
    [tenantId, accountId, limit],
  );
  return rows.map(depositOf);
}

/** The books took one of its entries not: it never left, or it has not arrived. */
export async function refuseDeposit(tx: Tx, tenantId: string, id: string, step: 'sent' | 'credited'): Promise<void> {
  await tx.execute(
    `update drawers.deposits set state = case when $3 = 'sent' then 'refused' else 'in-transit' end, credited_on = null, to_place_id = null
     where tenant_id = $1 and id = $2`,
    [tenantId, id, step],
  );
}

export async function creditDeposit(
  tx: Tx,
  tenantId: string,
  id: string,
  { on, toPlaceId }: { on: string; toPlaceId: string },
): Promise<void> {
  await tx.execute(`update drawers.deposits set state = 'credited', credited_on = $3, to_place_id = $4 where tenant_id = $1 and id = $2`, [
    tenantId,
    id,
    on,
    toPlaceId,
  ]);
}
