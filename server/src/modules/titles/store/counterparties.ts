import type { Tx } from '#platform/db/db.ts';

export type CounterpartyRecord = {
  id: string;
  accountId: string;
  nameSealed: Buffer;
  taxIdSealed: Buffer | null;
  archived: boolean;
};

export const COUNTERPARTY = `c.id, c.account_id as "accountId", c.name_sealed as "nameSealed", c.tax_id_sealed as "taxIdSealed", c.archived`;

export function insertCounterparty(tx: Tx, tenantId: string, one: CounterpartyRecord, at: Date): void {
  tx.send(
    `insert into titles.counterparties (tenant_id, id, account_id, name_sealed, tax_id_sealed, archived, created_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [tenantId, one.id, one.accountId, one.nameSealed, one.taxIdSealed, one.archived, at],
  );
}

export async function updateCounterparty(tx: Tx, tenantId: string, one: CounterpartyRecord): Promise<void> {
  await tx.execute(
    `update titles.counterparties set name_sealed = $3, tax_id_sealed = $4, archived = $5 where tenant_id = $1 and id = $2`,
    [tenantId, one.id, one.nameSealed, one.taxIdSealed, one.archived],
  );
}

export async function findCounterparty(tx: Tx, tenantId: string, accountId: string, id: string): Promise<CounterpartyRecord | undefined> {
  const rows = await tx.query<CounterpartyRecord>(
    `select ${COUNTERPARTY} from titles.counterparties c where c.tenant_id = $1 and c.account_id = $2 and c.id = $3`,
    [tenantId, accountId, id],
  );
  return rows[0];
}

export async function listCounterparties(tx: Tx, tenantId: string, accountId: string, most: number): Promise<CounterpartyRecord[]> {
  return tx.query<CounterpartyRecord>(
    `select ${COUNTERPARTY} from titles.counterparties c where c.tenant_id = $1 and c.account_id = $2 order by c.archived, c.created_at, c.id limit $3`,
    [tenantId, accountId, most],
  );
}

export async function countCounterparties(tx: Tx, tenantId: string, accountId: string): Promise<number> {
  const [row] = await tx.query<{ count: number }>(
    'select count(*)::int as count from titles.counterparties where tenant_id = $1 and account_id = $2',
    [tenantId, accountId],
  );
  return row!.count;
}
