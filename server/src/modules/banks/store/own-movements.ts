import type { Tx } from '#platform/db/db.ts';
import { PART_PAGE } from '#platform/privacy/keeper.ts';

const FIRST = '00000000-0000-0000-0000-000000000000';

export type OwnFile = { id: string; accountId: string; name: string; state: string; createdAt: Date };
export type OwnMovement = { id: string; accountId: string; date: string; amountMinor: bigint; text: string; state: string };

/** Files of these accounts in the order of their ids; one more than a page. */
export function pageOwnFiles(tx: Tx, tenantId: string, accountIds: readonly string[], after: string | null): Promise<OwnFile[]> {
  return tx.query<OwnFile>(
    `select id, account_id as "accountId", name, state, created_at as "createdAt" from banks.files
     where tenant_id = $1 and account_id = any($2::uuid[]) and id > $3 order by id limit ${PART_PAGE + 1}`,
    [tenantId, accountIds, after ?? FIRST],
  );
}

/** The same of movements. */
export function pageOwnMovements(tx: Tx, tenantId: string, accountIds: readonly string[], after: string | null): Promise<OwnMovement[]> {
  return tx.query<OwnMovement>(
    `select id, account_id as "accountId", date::text, amount_minor as "amountMinor", text, state from banks.movements
     where tenant_id = $1 and account_id = any($2::uuid[]) and id > $3 order by id limit ${PART_PAGE + 1}`,
    [tenantId, accountIds, after ?? FIRST],
  );
}

/** What banks wrote about movements of these accounts, what files were called, and rows that are not imported yet. */
export async function forgetStatements(tx: Tx, tenantId: string, accountIds: readonly string[]): Promise<void> {
  const whose = [tenantId, accountIds];
  const ofFiles = `file_id in (select id from banks.files where tenant_id = $1 and account_id = any($2::uuid[]))`;
  await tx.execute(`delete from banks.rows where tenant_id = $1 and ${ofFiles}`, whose);
  await tx.execute(`delete from banks.notes where tenant_id = $1 and ${ofFiles}`, whose);
  await tx.execute(
    `update banks.files set name = '', options = '{}', broken_reason = null where tenant_id = $1 and account_id = any($2::uuid[])`,
    whose,
  );
  await tx.execute(
    `update banks.movements set text = '', folded = '', reference = null, boleto = null
     where tenant_id = $1 and account_id = any($2::uuid[]) and (text <> '' or reference is not null or boleto is not null)`,
    whose,
  );
  await tx.execute(`update banks.matches set adjustments = '[]' where tenant_id = $1 and account_id = any($2::uuid[])`, whose);
}
