import { DEFAULT_ZONE } from '#platform/clock.ts';
import type { Tx } from '#platform/db/db.ts';

export type DrawerRow = {
  placeId: string;
  accountId: string;
  storeId: string;
  limitMinor: bigint | null;
  pixPlace: string;
  pixByItself: boolean;
  balanceMinor: bigint;
};
type Row = {
  place_id: string;
  account_id: string;
  store_id: string;
  limit_minor: bigint | null;
  pix_place: string;
  pix_by_itself: boolean;
  balance_minor: bigint;
};
const COLUMNS = 'place_id, account_id, store_id, limit_minor, pix_place, pix_by_itself, balance_minor';
const drawerOf = (row: Row): DrawerRow => ({
  placeId: row.place_id,
  accountId: row.account_id,
  storeId: row.store_id,
  limitMinor: row.limit_minor,
  pixPlace: row.pix_place,
  pixByItself: row.pix_by_itself,
  balanceMinor: row.balance_minor,
});

/** A row for a place of the books that is a drawer, with what the books have told of it so far. Repeating it changes nothing. */
export async function insertDrawer(tx: Tx, tenantId: string, drawer: Pick<DrawerRow, 'placeId' | 'accountId' | 'storeId'>): Promise<void> {
  await addElsewhere(tx, tenantId, drawer.placeId, 0n);
  await tx.execute(
    `insert into drawers.drawers (tenant_id, place_id, account_id, store_id, balance_minor)
     values ($1, $2, $3, $4, coalesce((select balance_minor from drawers.elsewhere where tenant_id = $1 and place_id = $2), 0)) on conflict do nothing`,
    [tenantId, drawer.placeId, drawer.accountId, drawer.storeId],
  );
}

/** What the books tell of a place that has no drawer here yet. Holds the place: until the transaction ends it becomes no drawer. */
export async function addElsewhere(tx: Tx, tenantId: string, placeId: string, cashMinor: bigint): Promise<void> {
  await tx.execute(
    `insert into drawers.elsewhere (tenant_id, place_id, balance_minor) values ($1, $2, $3)
     on conflict (tenant_id, place_id) do update set balance_minor = drawers.elsewhere.balance_minor + excluded.balance_minor`,
    [tenantId, placeId, cashMinor],
  );
}

/** Holds the drawer: until the transaction ends nothing else happens at it. Undefined for what is none of this account. */
export async function lockDrawer(tx: Tx, tenantId: string, accountId: string, placeId: string): Promise<DrawerRow | undefined> {
  const [row] = await tx.query<Row>(
    `select ${COLUMNS} from drawers.drawers where tenant_id = $1 and place_id = $2 and account_id = $3 for update`,
    [tenantId, placeId, accountId],
  );
  return row && drawerOf(row);
}

export async function listDrawers(tx: Tx, tenantId: string, accountId: string): Promise<DrawerRow[]> {
  const rows = await tx.query<Row>(`select ${COLUMNS} from drawers.drawers where tenant_id = $1 and account_id = $2`, [
    tenantId,
    accountId,
  ]);
  return rows.map(drawerOf);
}

export async function updateSettings(
  tx: Tx,
  tenantId: string,
  { placeId, limitMinor, pixPlace, pixByItself }: Pick<DrawerRow, 'placeId' | 'limitMinor' | 'pixPlace' | 'pixByItself'>,
): Promise<void> {
  await tx.execute(
    'update drawers.drawers set limit_minor = $3, pix_place = $4, pix_by_itself = $5 where tenant_id = $1 and place_id = $2',
    [tenantId, placeId, limitMinor, pixPlace, pixByItself],
  );
}

export async function addToBalance(tx: Tx, tenantId: string, placeId: string, cashMinor: bigint): Promise<void> {
  await tx.execute('update drawers.drawers set balance_minor = balance_minor + $3 where tenant_id = $1 and place_id = $2', [
    tenantId,
    placeId,
    cashMinor,
  ]);
}

export type Hours = { storeId: string; cutOffHour: number; timeZone: string };

/** When a store's business day begins; the calendar's, in São Paulo, where nobody said otherwise. */
export async function findHours(tx: Tx, tenantId: string, storeId: string): Promise<Hours> {
  const [row] = await tx.query<{ cut_off_hour: number; time_zone: string }>(
    'select cut_off_hour, time_zone from drawers.store_hours where tenant_id = $1 and store_id = $2',
    [tenantId, storeId],
  );
  return { storeId, cutOffHour: row?.cut_off_hour ?? 0, timeZone: row?.time_zone ?? DEFAULT_ZONE };
}

export async function upsertHours(tx: Tx, tenantId: string, accountId: string, { storeId, cutOffHour, timeZone }: Hours): Promise<void> {
  await tx.execute(
    `insert into drawers.store_hours (tenant_id, account_id, store_id, cut_off_hour, time_zone) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, store_id) do update set cut_off_hour = excluded.cut_off_hour, time_zone = excluded.time_zone`,
    [tenantId, accountId, storeId, cutOffHour, timeZone],
  );
}
