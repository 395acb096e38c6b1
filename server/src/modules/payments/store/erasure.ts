import type { Tx } from '#platform/db/db.ts';

/** What is not over: payments of these accounts, or to them from here; arrivals; returns; accounts that are being opened. */
export type Unfinished = { payments: number; receipts: number; devolucoes: number; openings: number };

export async function countUnfinished(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<Unfinished> {
  const [row] = await tx.query<Unfinished>(
    `select
       (select count(*)::int from payments.payments where tenant_id = $1 and (subject_id = any($2::uuid[]) or payee_subject_id = any($2::uuid[]))
          and (next_attempt_at is not null or status in ('disputed', 'stuck'))) as payments,
       (select count(*)::int from payments.receipts where tenant_id = $1 and subject_id = any($2::uuid[])
          and status not in ('credited', 'returned', 'kept')) as receipts,
       (select count(*)::int from payments.devolucoes where tenant_id = $1 and (subject_id = any($2::uuid[]) or payer_subject_id = any($2::uuid[]))
          and status not in ('settled', 'failed', 'declined')) as devolucoes,
       (select count(*)::int from payments.accounts where tenant_id = $1 and subject_id = any($2::uuid[])
          and status not in ('open', 'abandoned')) as openings`,
    [tenantId, accountIds],
  );
  return row!;
}

/** What these accounts had in hand to pay with, and the key by which others found them. Whoever pays to it from now on pays nobody, and gets it back. */
export async function forgetCustomer(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<void> {
  for (const table of ['quotes', 'lookups'])
    await tx.execute(`delete from payments.${table} where tenant_id = $1 and subject_id = any($2::uuid[])`, [tenantId, accountIds]);
  // Codes that others had read: whoever paid one now would pay somebody who is no more.
  await tx.execute('delete from payments.quotes where tenant_id = $1 and payee_subject_id = any($2::uuid[])', [tenantId, accountIds]);
  await tx.execute(
    `update payments.accounts set pix_key_hash = null where tenant_id = $1 and subject_id = any($2::uuid[]) and pix_key_hash is not null`,
    [tenantId, accountIds],
  );
}
