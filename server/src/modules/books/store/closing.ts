import type { Tx } from '#platform/db/db.ts';

export type ClosingRecord = {
  kind: 'closed' | 'reopened';
  until: string | null;
  at: Date;
  by: string;
  reason: string | null;
  leftOpen: number;
};
type Item = { module: string; reference: string; date: string; kind: string; blocks: boolean };

/** The shop's last closed day; whoever records entries waits, and was waited for. */
export async function lockShop(tx: Tx, tenantId: string, accountId: string): Promise<string | null> {
  const [row] = await tx.query<{ closed: string | null }>(
    'select closed_until::text as closed from books.shops where tenant_id = $1 and account_id = $2 for update',
    [tenantId, accountId],
  );
  return row?.closed ?? null;
}

export async function setClosedUntil(tx: Tx, tenantId: string, accountId: string, until: string): Promise<void> {
  await tx.execute('update books.shops set closed_until = $3 where tenant_id = $1 and account_id = $2', [tenantId, accountId, until]);
}

export async function insertClosing(tx: Tx, tenantId: string, accountId: string, step: ClosingRecord & { id: string }): Promise<void> {
  await tx.execute(
    `insert into books.closings (tenant_id, id, account_id, kind, until, at, by, reason, left_open) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tenantId, step.id, accountId, step.kind, step.until, step.at, step.by, step.reason, step.leftOpen],
  );
}

export const listClosings = (tx: Tx, tenantId: string, accountId: string): Promise<ClosingRecord[]> =>
  tx.query<ClosingRecord>(
    `select kind, until::text, at, by, reason, left_open as "leftOpen" from books.closings
     where tenant_id = $1 and account_id = $2 order by at desc, id desc limit 10`,
    [tenantId, accountId],
  );

/** What waits up to a day: what rooms marked, and what the books themselves know. */
export async function countOpen(
  tx: Tx,
  tenantId: string,
  accountId: string,
  until: string,
): Promise<{ kind: string; count: number; blocks: boolean }[]> {
  const rows = await tx.query<{ kind: string; count: number; blocks: boolean }>(
    `select kind, count(*)::int as count, bool_or(blocks) as blocks from books.open_items
     where tenant_id = $1 and account_id = $2 and date <= $3::date group by kind
     union all
     select kind, count(*)::int, false from (
       select case when e.refusal is not null then 'books.refused' when e.is_unsorted then 'books.unsorted' else 'books.waiting' end as kind
       from books.entries e where e.tenant_id = $1 and e.account_id = $2 and e.date <= $3::date and e.reversed_at is null
         and e.date > coalesce((select s.closed_until from books.shops s where s.tenant_id = $1 and s.account_id = $2), '-infinity'::date)
         and (e.refusal is not null or e.is_unsorted or e.position is null)
     ) own group by kind
     order by kind`,
    [tenantId, accountId, until],
  );
  return rows;
}

export async function markItem(tx: Tx, tenantId: string, accountId: string, item: Item, at: Date): Promise<void> {
  await tx.execute(
    `insert into books.open_items (tenant_id, account_id, module, reference, date, kind, blocks, marked_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (tenant_id, account_id, module, reference) do update set date = excluded.date, kind = excluded.kind, blocks = excluded.blocks`,
    [tenantId, accountId, item.module, item.reference, item.date, item.kind, item.blocks, at],
  );
}

export async function clearItem(
  tx: Tx,
  tenantId: string,
  accountId: string,
  { module, reference }: Pick<Item, 'module' | 'reference'>,
): Promise<void> {
  await tx.execute('delete from books.open_items where tenant_id = $1 and account_id = $2 and module = $3 and reference = $4', [
    tenantId,
    accountId,
    module,
    reference,
  ]);
}
