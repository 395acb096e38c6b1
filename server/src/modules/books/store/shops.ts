import type { Tx } from '#platform/db/db.ts';
import type { Category, Place, Store } from '../contract-chart.ts';
import { DEFAULT_CHART, defaultCategoryId } from '../domain/chart.ts';
import { FIRST_PLACES, FIRST_STORE, firstPlaceId, firstStoreId } from '../domain/places.ts';

/** Opens a shop's books with what every shop begins with. True when they were not open before. */
export async function insertShop(tx: Tx, tenantId: string, accountId: string, at: Date): Promise<boolean> {
  const inserted = await tx.execute(
    'insert into books.shops (tenant_id, account_id, opened_at) values ($1, $2, $3) on conflict do nothing',
    [tenantId, accountId, at],
  );
  if (inserted === 0) return false;
  const storeId = firstStoreId(accountId);
  const own = [tenantId, accountId, at];
  tx.send('insert into books.stores (tenant_id, id, account_id, name, created_at) values ($1, $4, $2, $5, $3)', [
    ...own,
    storeId,
    FIRST_STORE.name,
  ]);
  tx.send(
    `insert into books.places (tenant_id, id, account_id, store_id, kind, name, key, created_at)
     select $1, p.id, $2, $4, p.kind, p.name, p.key, $3 from unnest($5::uuid[], $6::text[], $7::text[], $8::text[]) p (id, kind, name, key)`,
    [
      ...own,
      storeId,
      FIRST_PLACES.map(({ key }) => firstPlaceId(accountId, key)),
      FIRST_PLACES.map(({ kind }) => kind),
      FIRST_PLACES.map(({ name }) => name),
      FIRST_PLACES.map(({ key }) => key),
    ],
  );
  tx.send(
    `insert into books.categories (tenant_id, id, account_id, group_name, name, key, created_at)
     select $1, c.id, $2, c.group_name, c.name, c.key, $3 from unnest($4::uuid[], $5::text[], $6::text[], $7::text[]) c (id, group_name, name, key)`,
    [
      ...own,
      DEFAULT_CHART.map(({ key }) => defaultCategoryId(accountId, key)),
      DEFAULT_CHART.map(({ group }) => group),
      DEFAULT_CHART.map(({ name }) => name),
      DEFAULT_CHART.map(({ key }) => key),
    ],
  );
  return true;
}

const STORE = 'id, name, archived_at is not null as archived';
const PLACE = 'id, store_id as "storeId", kind, name, archived_at is not null as archived, key';
const CATEGORY = 'id, group_name as "group", name, archived_at is not null as archived, key';

export async function readClosedUntil(tx: Tx, tenantId: string, accountId: string): Promise<string | null | undefined> {
  const [row] = await tx.query<{ closed: string | null }>(
    'select closed_until::text as closed from books.shops where tenant_id = $1 and account_id = $2',
    [tenantId, accountId],
  );
  return row?.closed;
}

export const listStores = (tx: Tx, tenantId: string, accountId: string): Promise<Store[]> =>
  tx.query<Store>(`select ${STORE} from books.stores where tenant_id = $1 and account_id = $2 order by created_at, id`, [
    tenantId,
    accountId,
  ]);
export const listPlaces = (tx: Tx, tenantId: string, accountId: string): Promise<Place[]> =>
  tx.query<Place>(`select ${PLACE} from books.places where tenant_id = $1 and account_id = $2 order by created_at, kind, id`, [
    tenantId,
    accountId,
  ]);
export const listCategories = (tx: Tx, tenantId: string, accountId: string): Promise<Category[]> =>
  tx.query<Category>(`select ${CATEGORY} from books.categories where tenant_id = $1 and account_id = $2 order by group_name, name, id`, [
    tenantId,
    accountId,
  ]);

/** Adds or changes; nothing comes back where the id is another shop's, or stands for another kind. */
export async function saveStore(
  tx: Tx,
  tenantId: string,
  accountId: string,
  store: Omit<Store, 'key'>,
  at: Date,
): Promise<Store | undefined> {
  const [saved] = await tx.query<Store>(
    `insert into books.stores (tenant_id, id, account_id, name, archived_at, created_at)
     values ($1, $3, $2, $4, case when $5 then $6::timestamptz end, $6)
     on conflict (tenant_id, id) do update set name = excluded.name,
       archived_at = case when excluded.archived_at is null then null else coalesce(stores.archived_at, excluded.archived_at) end
     where stores.account_id = $2 returning ${STORE}`,
    [tenantId, accountId, store.id, store.name, store.archived, at],
  );
  return saved;
}

export async function savePlace(
  tx: Tx,
  tenantId: string,
  accountId: string,
  place: Omit<Place, 'key'>,
  at: Date,
): Promise<Place | undefined> {
  const [saved] = await tx.query<Place>(
    `insert into books.places (tenant_id, id, account_id, store_id, kind, name, archived_at, created_at)
     values ($1, $3, $2, $4, $5, $6, case when $7 then $8::timestamptz end, $8)
     on conflict (tenant_id, id) do update set name = excluded.name,
       archived_at = case when excluded.archived_at is null then null else coalesce(places.archived_at, excluded.archived_at) end
     where places.account_id = $2 and places.store_id = $4 and places.kind = $5 returning ${PLACE}`,
    [tenantId, accountId, place.id, place.storeId, place.kind, place.name, place.archived, at],
  );
  return saved;
}

export async function saveCategory(
  tx: Tx,
  tenantId: string,
  accountId: string,
  category: Omit<Category, 'key'>,
  at: Date,
): Promise<Category | undefined> {
  const [saved] = await tx.query<Category>(
    `insert into books.categories (tenant_id, id, account_id, group_name, name, archived_at, created_at)
     values ($1, $3, $2, $4, $5, case when $6 then $7::timestamptz end, $7)
     on conflict (tenant_id, id) do update set name = excluded.name,
       archived_at = case when excluded.archived_at is null then null else coalesce(categories.archived_at, excluded.archived_at) end
     where categories.account_id = $2 and categories.group_name = $4 returning ${CATEGORY}`,
    [tenantId, accountId, category.id, category.group, category.name, category.archived, at],
  );
  return saved;
}

/** Whether the shop has this store, not archived. */
export async function hasStore(tx: Tx, tenantId: string, accountId: string, storeId: string): Promise<boolean> {
  const rows = await tx.query('select from books.stores where tenant_id = $1 and account_id = $2 and id = $3 and archived_at is null', [
    tenantId,
    accountId,
    storeId,
  ]);
  return rows.length > 0;
}

/** What a shop's books consist of, by its table. */
export type Thing = 'stores' | 'places' | 'categories' | 'rules';

export async function isThere(
  tx: Tx,
  tenantId: string,
  { thing, accountId, id }: { thing: Thing; accountId: string; id: string },
): Promise<boolean> {
  const rows = await tx.query(`select from books.${thing} where tenant_id = $1 and account_id = $2 and id = $3`, [tenantId, accountId, id]);
  return rows.length > 0;
}
