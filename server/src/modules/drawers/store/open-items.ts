import type { Tx } from '#platform/db/db.ts';

export type OpenItem = { reference: string; accountId: string; businessDate: string; kind: string; blocks: boolean; isOpen: boolean };

/** Something waits, or waits no more, before its day is closed. */
export async function changeOpenItem(tx: Tx, tenantId: string, item: OpenItem, now: Date): Promise<void> {
  await tx.execute(
    `insert into drawers.open_items (tenant_id, reference, account_id, business_date, kind, blocks, is_open, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, reference) do update set is_open = excluded.is_open, is_told = false, changed_at = excluded.changed_at`,
    [tenantId, item.reference, item.accountId, item.businessDate, item.kind, item.blocks, item.isOpen, now],
  );
}

/** What the books have not been told yet of an account. */
export async function listUntold(tx: Tx, tenantId: string, accountId: string, limit: number): Promise<OpenItem[]> {
  return tx.query<OpenItem>(
    `select reference, account_id as "accountId", business_date::text as "businessDate", kind, blocks, is_open as "isOpen" from drawers.open_items
     where tenant_id = $1 and account_id = $2 and not is_told order by changed_at limit $3`,
    [tenantId, accountId, limit],
  );
}

/** Unless it changed meanwhile. */
export async function markTold(tx: Tx, tenantId: string, { reference, isOpen }: OpenItem): Promise<void> {
  await tx.execute('update drawers.open_items set is_told = true where tenant_id = $1 and reference = $2 and is_open = $3', [
    tenantId,
    reference,
    isOpen,
  ]);
}
