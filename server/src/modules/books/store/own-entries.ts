import type { Tx } from '#platform/db/db.ts';
import { PART_PAGE } from '#platform/privacy/keeper.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';

export type OwnEntry = {
  id: string;
  accountId: string;
  kind: string;
  amountMinor: bigint;
  /** Business date. */
  date: string;
  text: string | null;
  method: string | null;
  counterpartySealed: Buffer | null;
  recordedAt: Date;
};

/** Entries of these accounts in the order of their ids; one more than a page. */
export function pageEntries(tx: Tx, tenantId: string, accountIds: readonly string[], after: string | null): Promise<OwnEntry[]> {
  return tx.query<OwnEntry>(
    `select id, account_id as "accountId", kind, amount_minor as "amountMinor", date::text as date, text, method,
       counterparty_sealed as "counterpartySealed", recorded_at as "recordedAt"
     from books.entries where tenant_id = $1 and account_id = any($2::uuid[]) and id > $3 order by id limit ${PART_PAGE + 1}`,
    [tenantId, accountIds, after ?? FIRST],
  );
}

/** What was written about entries of these accounts, now and before it was changed, and the rules that speak of people. */
export async function forgetTexts(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<void> {
  const own = [tenantId, accountIds];
  await Promise.all([
    tx.execute(
      `update books.entries set text = null, folded = '', counterparty_hash = null
       where tenant_id = $1 and account_id = any($2::uuid[]) and (text is not null or folded <> '' or counterparty_hash is not null)`,
      own,
    ),
    tx.execute('update books.changes set before = null, reason = null where tenant_id = $1 and account_id = any($2::uuid[])', own),
    tx.execute(
      `update books.rules set removed_at = coalesce(removed_at, now()), contains = '', counterparty_sealed = null, counterparty_hash = null
       where tenant_id = $1 and account_id = any($2::uuid[])`,
      own,
    ),
    tx.execute('update books.closings set reason = null where tenant_id = $1 and account_id = any($2::uuid[])', own),
  ]);
}
