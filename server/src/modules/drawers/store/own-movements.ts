import type { Tx } from '#platform/db/db.ts';
import { PART_PAGE } from '#platform/privacy/keeper.ts';

type OwnMovement = { id: string; kind: string; method: string; amountMinor: bigint; note: string | null; at: Date };

/** Movements of some accounts in the order of their ids, one more than are shown. */
export async function pageOwnMovements(
  tx: Tx,
  tenantId: string,
  accountIds: readonly string[],
  after: string | null,
): Promise<OwnMovement[]> {
  return tx.query<OwnMovement>(
    `select id, kind, method, amount_minor as "amountMinor", note, at from drawers.movements
     where tenant_id = $1 and account_id = any($2::uuid[]) and id > coalesce($3::uuid, '00000000-0000-0000-0000-000000000000') order by id limit $4`,
    [tenantId, accountIds, after, PART_PAGE + 1],
  );
}

/** What people wrote in their own words. Entries still on their way keep theirs until the books, which erase them, too, have them. */
export async function forgetWords(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<void> {
  const whose = [tenantId, accountIds];
  await tx.execute(
    'update drawers.movements set note = null where tenant_id = $1 and account_id = any($2::uuid[]) and note is not null',
    whose,
  );
  await tx.execute(
    `update drawers.postings set entry = entry - 'text' where tenant_id = $1 and account_id = any($2::uuid[]) and entry ? 'text' and state <> 'pending'`,
    whose,
  );
  await tx.execute(
    `update drawers.late_sales set sale = sale - 'note', reason = null where tenant_id = $1 and account_id = any($2::uuid[])`,
    whose,
  );
  await tx.execute(
    'update drawers.sessions set review_note = null where tenant_id = $1 and account_id = any($2::uuid[]) and review_note is not null',
    whose,
  );
}
