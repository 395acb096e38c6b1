import type { Tx } from '#platform/db/db.ts';

export type NewDeviceSpending = { paymentId: string; subjectId: string; businessDate: string; amountMinor: bigint };

/**
 * Notes what a person is about to pay in a browser that is new, unless the day would be over its limit: then false. A person's payments of the moment
 * go one after another. What was declined or failed since is free again.
 */
export async function spendOnNewDevice(tx: Tx, tenantId: string, one: NewDeviceSpending, dayMinor: bigint): Promise<boolean> {
  await tx.execute('select pg_advisory_xact_lock(hashtextextended($1, 7205140027))', [`${tenantId}/${one.subjectId}`]);
  const count = await tx.execute(
    `insert into payments.new_device_spendings (tenant_id, payment_id, subject_id, business_date, amount_minor)
     select $1, $2, $3, $4, $5 where $5::numeric + coalesce((
       select sum(s.amount_minor) from payments.new_device_spendings s
         left join payments.payments p on p.tenant_id = s.tenant_id and p.id = s.payment_id
       where s.tenant_id = $1 and s.subject_id = $3 and s.business_date = $4 and (p.status is null or p.status not in ('declined', 'failed'))
     ), 0) <= $6::numeric`,
    [tenantId, one.paymentId, one.subjectId, one.businessDate, one.amountMinor, dayMinor],
  );
  return count === 1;
}

/** Nothing was made under this id, and nothing will be. */
export async function dropNewDeviceSpending(tx: Tx, tenantId: string, paymentId: string): Promise<void> {
  await tx.execute('delete from payments.new_device_spendings where tenant_id = $1 and payment_id = $2', [tenantId, paymentId]);
}

/** Days that no limit looks at any more (system scope). Answers how many rows went. */
export async function deleteNewDeviceSpendings(tx: Tx, beforeDate: string, limit: number): Promise<number> {
  return tx.execute(
    `delete from payments.new_device_spendings where (tenant_id, payment_id) in
       (select tenant_id, payment_id from payments.new_device_spendings where business_date < $1 limit $2)`,
    [beforeDate, limit],
  );
}

/** Who a quote pays, by hash, and whether this account has paid them before; null when there is no such quote. */
export async function findPayee(
  tx: Tx,
  tenantId: string,
  accountId: string,
  quoteId: string,
): Promise<{ payeeHash: Buffer; isKnown: boolean } | null> {
  const rows = await tx.query<{ payeeHash: Buffer; isKnown: boolean }>(
    `select q.payee_hash as "payeeHash", exists (select from payments.payments p
       where p.tenant_id = $1 and p.subject_id = $2 and p.payee_hash = q.payee_hash and p.status = 'settled') as "isKnown"
     from payments.quotes q where q.tenant_id = $1 and q.id = $3 and q.subject_id = $2`,
    [tenantId, accountId, quoteId],
  );
  return rows[0] ?? null;
}

/** Where the tenant's rules differ from the installation's. */
export async function findRules(tx: Tx, tenantId: string): Promise<Readonly<Record<string, string>>> {
  const rows = await tx.query<{ rules: Record<string, string> }>('select rules from payments.proof_policies where tenant_id = $1', [
    tenantId,
  ]);
  return rows[0]?.rules ?? {};
}

export async function saveRules(tx: Tx, tenantId: string, rules: Readonly<Record<string, string>>): Promise<void> {
  await tx.execute(
    `insert into payments.proof_policies (tenant_id, rules) values ($1, $2)
     on conflict (tenant_id) do update set rules = excluded.rules`,
    [tenantId, JSON.stringify(rules)],
  );
}
