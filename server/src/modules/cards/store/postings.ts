import type { Tx } from '#platform/db/db.ts';
import type { BooksEntry } from '../domain/entries.ts';

export async function insertPostings(
  tx: Tx,
  tenantId: string,
  accountId: string,
  entries: readonly BooksEntry[],
  now: Date,
): Promise<void> {
  for (const entry of entries)
    await tx.execute(
      'insert into cards.postings (tenant_id, id, account_id, entry, created_at) values ($1, $2, $3, $4, $5) on conflict do nothing',
      [tenantId, entry.id, accountId, JSON.stringify(entry), now],
    );
}

/** The oldest on their way of an account. */
export async function listPending(tx: Tx, tenantId: string, accountId: string, limit: number): Promise<BooksEntry[]> {
  const rows = await tx.query<{ entry: BooksEntry }>(
    `select entry from cards.postings where tenant_id = $1 and account_id = $2 and state = 'pending' order by seq limit $3`,
    [tenantId, accountId, limit],
  );
  return rows.map(({ entry }) => entry);
}

export async function settlePostings(tx: Tx, tenantId: string, settled: readonly { id: string; code: string | null }[]): Promise<void> {
  await tx.execute(
    `update cards.postings p set state = case when s.code is null then 'recorded' else 'refused' end, refusal = s.code
     from unnest($2::uuid[], $3::text[]) as s (id, code) where p.tenant_id = $1 and p.id = s.id and p.state = 'pending'`,
    [tenantId, settled.map(({ id }) => id), settled.map(({ code }) => code)],
  );
}

/** Accounts with something that has been on its way since before a moment, of all tenants. */
export async function listBehind(tx: Tx, before: Date, limit: number): Promise<{ tenantId: string; accountId: string }[]> {
  const rows = await tx.query<{ tenant_id: string; account_id: string }>(
    `select distinct tenant_id, account_id from cards.postings where state = 'pending' and created_at < $1 limit $2`,
    [before, limit],
  );
  return rows.map(({ tenant_id, account_id }) => ({ tenantId: tenant_id, accountId: account_id }));
}
