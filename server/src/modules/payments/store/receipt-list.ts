import type { Tx } from '#platform/db/db.ts';
import { type ReceiptRecord, type ReceiptRow, type ReceiptStatus, toReceipt } from './receipts.ts';

/** A place in the list: after this arrival. */
export type ReceiptPlace = { sinceMs: number; id: string };

/** A tenant's arrivals that are not over, in some of their statuses, the oldest in its status first. */
export async function listReceipts(
  tx: Tx,
  { statuses, after, limit }: { statuses: readonly ReceiptStatus[]; after: ReceiptPlace | null; limit: number },
): Promise<ReceiptRecord[]> {
  const rows = await tx.query<ReceiptRow>(
    `select * from payments.receipts
     where status not in ('credited', 'returned', 'kept') and status = any($1::text[]) and (status_since, id) > ($2::timestamptz, $3::uuid)
     order by status_since, id limit $4`,
    [
      statuses,
      after ? new Date(after.sinceMs).toISOString() : '1900-01-01T00:00:00Z',
      after?.id ?? '00000000-0000-0000-0000-000000000000',
      limit,
    ],
  );
  return rows.map(toReceipt);
}

/** How long the oldest arrival in each status that is not over has been there, in seconds. For all tenants (system scope). */
export async function findOldestReceipts(tx: Tx): Promise<[ReceiptStatus, number][]> {
  const rows = await tx.query<{ status: ReceiptStatus; seconds: number }>(
    `select status, extract(epoch from now() - min(status_since))::float8 as seconds from payments.receipts
     where status not in ('credited', 'returned', 'kept') group by status`,
  );
  return rows.map(({ status, seconds }) => [status, seconds]);
}
