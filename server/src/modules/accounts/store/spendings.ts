import type { Tx } from '#platform/db/db.ts';

export type Spending = { commandId: string; accountId: string; subjectId: string; businessDate: string; amountMinor: bigint };

/**
 * Notes what a command spends of a member's limit a day, unless the day would be over it. The limit is read from the membership's row, which is locked
 * meanwhile: of two that together are over, one is refused, and a limit that was lowered a moment ago counts. A command that was noted before is
 * answered as before and counted once. Answers what the day comes to, or why it may not be.
 */
export async function spend(tx: Tx, tenantId: string, one: Spending): Promise<bigint | 'over-day-limit' | 'not-a-member'> {
  const [member] = await tx.query<{ per_day_minor: bigint | null }>(
    `select per_day_minor from accounts.memberships
     where tenant_id = $1 and account_id = $2 and subject_id = $3 and ended_at is null for update`,
    [tenantId, one.accountId, one.subjectId],
  );
  if (!member) return 'not-a-member';
  const noted = await tx.query('select from accounts.spendings where tenant_id = $1 and command_id = $2', [tenantId, one.commandId]);
  if (noted.length > 0) return sumOfDay(tx, tenantId, one);
  const inserted = await tx.execute(
    `insert into accounts.spendings (tenant_id, command_id, account_id, subject_id, business_date, amount_minor)
     select $1, $2, $3, $4, $5, $6 where $7::numeric is null or $6::numeric + coalesce((
       select sum(amount_minor) from accounts.spendings where tenant_id = $1 and account_id = $3 and subject_id = $4 and business_date = $5
     ), 0) <= $7::numeric`,
    [tenantId, one.commandId, one.accountId, one.subjectId, one.businessDate, one.amountMinor, member.per_day_minor],
  );
  return inserted === 1 ? sumOfDay(tx, tenantId, one) : 'over-day-limit';
}

async function sumOfDay(tx: Tx, tenantId: string, { accountId, subjectId, businessDate }: Spending): Promise<bigint> {
  const [row] = await tx.query<{ sum: bigint }>(
    `select coalesce(sum(amount_minor), 0)::numeric(38,0) as sum from accounts.spendings
     where tenant_id = $1 and account_id = $2 and subject_id = $3 and business_date = $4`,
    [tenantId, accountId, subjectId, businessDate],
  );
  return row!.sum;
}

export async function deleteSpendings(tx: Tx, tenantId: string, commandIds: readonly string[]): Promise<void> {
  await tx.execute('delete from accounts.spendings where tenant_id = $1 and command_id = any($2::uuid[])', [tenantId, commandIds]);
}

/** Days that no limit looks at any more (system scope). Answers how many rows went. */
export async function deleteSpendingsBefore(tx: Tx, businessDate: string, limit: number): Promise<number> {
  return tx.execute(
    `delete from accounts.spendings where (tenant_id, command_id) in
       (select tenant_id, command_id from accounts.spendings where business_date < $1 order by business_date limit $2)`,
    [businessDate, limit],
  );
}
