import type { Tx } from '#platform/db/db.ts';

export type Sold = { competence: string; method: string | null; amountMinor: bigint; count: bigint };
/** What was sold on these days, by method: income of the categories of revenue. */
export function sumSold(tx: Tx, tenantId: string, accountId: string, days: readonly string[]): Promise<Sold[]> {
  return tx.query(
    `select e.competence::text, e.method, sum(l.amount_minor)::numeric(38,0) as "amountMinor", count(distinct e.id) as count
     from books.entries e
       join books.lines l on l.tenant_id = e.tenant_id and l.entry_id = e.id
       join books.categories c on c.tenant_id = e.tenant_id and c.id = l.category_id and c.group_name = 'revenue'
     where e.tenant_id = $1 and e.account_id = $2 and e.competence = any($3::date[]) and e.kind = 'in' and e.refusal is null
       and (e.reversed_at is null or e.reversed_by is not null)
     group by e.competence, e.method order by 3 desc`,
    [tenantId, accountId, days],
  );
}

export async function countWaiting(
  tx: Tx,
  tenantId: string,
  accountId: string,
): Promise<{ unsorted: number; accepted: number; refused: number }> {
  const [row] = await tx.query<{ unsorted: bigint; accepted: bigint; refused: bigint }>(
    `select count(*) filter (where e.is_unsorted and e.refusal is null) as unsorted,
       count(*) filter (where e.position is null and e.refusal is null) as accepted,
       count(*) filter (where e.refusal is not null) as refused
     from books.entries e
     where e.tenant_id = $1 and e.account_id = $2 and e.reversed_at is null and (e.is_unsorted or e.position is null)`,
    [tenantId, accountId],
  );
  return { unsorted: Number(row!.unsorted), accepted: Number(row!.accepted), refused: Number(row!.refused) };
}
