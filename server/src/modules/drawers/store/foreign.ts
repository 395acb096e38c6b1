import type { Tx } from '#platform/db/db.ts';

export type Foreign = { entryId: string; placeId: string; accountId: string; cashMinor: bigint };

/** What an entry of somebody else, or a taking back of any, did to a place: needed again when that is taken back, or refused. */
export async function insertForeign(tx: Tx, tenantId: string, { entryId, placeId, accountId, cashMinor }: Foreign): Promise<void> {
  await tx.execute(
    'insert into drawers.foreign_entries (tenant_id, entry_id, place_id, account_id, cash_minor) values ($1, $2, $3, $4, $5) on conflict do nothing',
    [tenantId, entryId, placeId, accountId, cashMinor],
  );
}

export async function findForeign(tx: Tx, tenantId: string, entryId: string): Promise<Foreign[]> {
  const rows = await tx.query<{ entry_id: string; place_id: string; account_id: string; cash_minor: bigint }>(
    'select entry_id, place_id, account_id, cash_minor from drawers.foreign_entries where tenant_id = $1 and entry_id = $2 order by place_id',
    [tenantId, entryId],
  );
  return rows.map((row) => ({ entryId: row.entry_id, placeId: row.place_id, accountId: row.account_id, cashMinor: row.cash_minor }));
}
