import type { Tx } from '#platform/db/db.ts';

export type RuleRecord = {
  id: string;
  kind: 'in' | 'out';
  contains: string | null;
  counterpartySealed: Buffer | null;
  counterpartyHash: Buffer | null;
  categoryId: string;
};

/** Rules that stand, of categories that do. */
export const listRules = (tx: Tx, tenantId: string, accountId: string): Promise<RuleRecord[]> =>
  tx.query<RuleRecord>(
    `select r.id, r.kind, r.contains, r.counterparty_sealed as "counterpartySealed", r.counterparty_hash as "counterpartyHash",
       r.category_id as "categoryId"
     from books.rules r join books.categories c on c.tenant_id = r.tenant_id and c.id = r.category_id
     where r.tenant_id = $1 and r.account_id = $2 and r.removed_at is null and c.archived_at is null order by r.created_at, r.id`,
    [tenantId, accountId],
  );

export async function countRules(tx: Tx, tenantId: string, accountId: string): Promise<number> {
  const [row] = await tx.query<{ n: number }>(
    'select count(*)::int as n from books.rules where tenant_id = $1 and account_id = $2 and removed_at is null',
    [tenantId, accountId],
  );
  return row!.n;
}

export async function saveRule(
  tx: Tx,
  tenantId: string,
  accountId: string,
  { id, kind, contains, counterpartySealed, counterpartyHash, categoryId }: RuleRecord,
  { by, at }: { by: string; at: Date },
): Promise<void> {
  await tx.execute(
    `insert into books.rules (tenant_id, id, account_id, kind, contains, counterparty_sealed, counterparty_hash, category_id, taught_by, created_at)
     values ($1, $3, $2, $4, $5, $6, $7, $8, $9, $10)
     on conflict (tenant_id, id) do update set kind = excluded.kind, contains = excluded.contains,
       counterparty_sealed = excluded.counterparty_sealed, counterparty_hash = excluded.counterparty_hash, category_id = excluded.category_id,
       taught_by = excluded.taught_by, removed_at = null
     where rules.account_id = $2 and (rules.kind, rules.contains, rules.counterparty_hash, rules.category_id, rules.removed_at)
       is distinct from (excluded.kind, excluded.contains, excluded.counterparty_hash, excluded.category_id, excluded.removed_at)`,
    [tenantId, accountId, id, kind, contains, counterpartySealed, counterpartyHash, categoryId, by, at],
  );
}

export async function removeRule(tx: Tx, tenantId: string, of: { accountId: string; ruleId: string; at: Date }): Promise<void> {
  await tx.execute('update books.rules set removed_at = $4 where tenant_id = $1 and account_id = $2 and id = $3 and removed_at is null', [
    tenantId,
    of.accountId,
    of.ruleId,
    of.at,
  ]);
}
