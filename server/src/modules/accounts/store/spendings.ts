import type { Tx } from '#platform/db/db.ts';

export type Spending = { commandId: string; accountId: string; subjectId: string; businessDate: string; amountMinor: bigint };

/**
 * Notes what a command spends of a member's limit a day, unless the day would be over it. The membership's row is locked meanwhile: of two that
 * together are over, one is refused. A command that was noted before is answered as before and counted once.
 */
export async function spend(tx: Tx, tenantId: string, one: Spending, limitMinor: bigint): Promise<boolean> {
  await tx.query('select from accounts.memberships where tenant_id = $1 and account_id = $2 and subject_id = $3 for update', [
    tenantId,
    one.accountId,
    one.subjectId,
  ]);
  const noted = await tx.query('select from accounts.spendings where tenant_id = $1 and command_id = $2', [tenantId, one.commandId]);
  if (noted.length > 0) return true;
  const inserted = await tx.execute(
    `insert into accounts.spendings (tenant_id, command_id, account_id, subject_id, business_date, amount_minor)
     select $1, $2, $3, $4, $5, $6 where $6::numeric + coalesce((
       select sum(amount_minor) from accounts.spendings where tenant_id = $1 and account_id = $3 and subject_id = $4 and business_date = $5
     ), 0) <= $7::numeric`,
    [tenantId, one.commandId, one.accountId, one.subjectId, one.businessDate, one.amountMinor, limitMinor],
  );
  return inserted === 1;
}

export async function deleteSpending(tx: Tx, tenantId: string, commandId: string): Promise<void> {
  await tx.execute('delete from accounts.spendings where tenant_id = $1 and command_id = $2', [tenantId, commandId]);
}

/** Days that no limit looks at any more. Answers how many rows went. */
export async function deleteSpendingsBefore(tx: Tx, businessDate: string, limit: number): Promise<number> {
  return tx.execute(
    `delete from accounts.spendings where ctid = any(array(select ctid from accounts.spendings where business_date < $1 limit $2))`,
    [businessDate, limit],
  );
}
