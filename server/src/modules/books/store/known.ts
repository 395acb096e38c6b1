import type { Tx } from '#platform/db/db.ts';
import type { CategoryGroup } from '../domain/chart.ts';
import type { PlaceKind } from '../domain/places.ts';

export type ShopRow = { accountId: string; closedUntil: string | null };
type Ref = { id: string; accountId: string; archived: boolean };
export type PlaceRef = Ref & { storeId: string; kind: PlaceKind };
export type CategoryRef = Ref & { group: CategoryGroup };

/** Shops by account, held so that nobody closes a day of theirs before this transaction ends. In one order, so that two batches never wait in a ring. */
export const holdShops = (tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<ShopRow[]> =>
  tx.query<ShopRow>(
    `select account_id as "accountId", closed_until::text as "closedUntil" from books.shops
     where tenant_id = $1 and account_id = any($2::uuid[]) order by account_id for share`,
    [tenantId, accountIds],
  );

export const findPlaces = (tx: Tx, tenantId: string, ids: readonly string[]): Promise<PlaceRef[]> =>
  tx.query<PlaceRef>(
    `select id, account_id as "accountId", store_id as "storeId", kind, archived_at is not null as archived
     from books.places where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, ids],
  );

export const findCategories = (tx: Tx, tenantId: string, ids: readonly string[]): Promise<CategoryRef[]> =>
  tx.query<CategoryRef>(
    `select id, account_id as "accountId", group_name as "group", archived_at is not null as archived
     from books.categories where tenant_id = $1 and id = any($2::uuid[])`,
    [tenantId, ids],
  );

/** Those of the accounts whose books are open. */
export async function findShops(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<Set<string>> {
  if (accountIds.length === 0) return new Set();
  const rows = await tx.query<{ id: string }>(
    'select account_id as id from books.shops where tenant_id = $1 and account_id = any($2::uuid[])',
    [tenantId, accountIds],
  );
  return new Set(rows.map(({ id }) => id));
}
