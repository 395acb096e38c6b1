import { plainArray, textArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';

export type Label = { accountId: string; name: string | undefined; metadata: Record<string, string> | undefined };

/** Says what accounts are called; what is left out stays as it is. Accounts in the order of their ids. */
export async function upsertLabels(tx: Tx, tenantId: string, labels: readonly Label[]): Promise<void> {
  await tx.execute(
    `insert into ledger.account_labels as l (tenant_id, account_id, name, metadata)
     select $1, n.account_id, n.name, n.metadata from unnest($2::uuid[], $3::text[], $4::jsonb[]) n (account_id, name, metadata)
     on conflict (tenant_id, account_id) do update
       set name = coalesce(excluded.name, l.name), metadata = coalesce(excluded.metadata, l.metadata)`,
    [
      tenantId,
      plainArray(labels.map((one) => one.accountId)),
      textArray(labels.map((one) => one.name ?? null)),
      textArray(labels.map((one) => (one.metadata === undefined ? null : JSON.stringify(one.metadata)))),
    ],
  );
}
