import { plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { BalanceAfter } from '../contract.ts';
import { ACCOUNT_COLUMNS, type AccountRow, type BalanceRow, toAccount, toBalance } from '../store/rows.ts';
import { commandOf } from './seek.ts';
import { showBalance } from './show-balance.ts';

/** Of each of the ids that is a movement: what its debited and its credited account had right after it. */
export async function readAfter(tx: Tx, tenantId: string, ids: readonly string[]): Promise<Map<string, BalanceAfter[]>> {
  const rows = await tx.query<AccountRow & BalanceRow & { command: string }>(
    `select wanted.id as command, ${ACCOUNT_COLUMNS}, e.posted_debits, e.posted_credits, e.pending_debits, e.pending_credits
     from unnest($2::uuid[]) with ordinality wanted (id, place)
     ${commandOf('wanted')}
     cross join lateral (
       select debit_account_id, credit_account_id from ledger.transfers
       where tenant_id = $1 and recorded_at = c.recorded_at and seq = c.seq limit 1) t
     cross join lateral (values (1, t.debit_account_id), (2, t.credit_account_id)) p (side, account_id)
     cross join lateral (select * from ledger.accounts where tenant_id = $1 and id = p.account_id limit 1) a
     cross join lateral (
       select * from ledger.entries where tenant_id = $1 and account_id = p.account_id and recorded_at = c.recorded_at and seq = c.seq limit 1) e
     order by wanted.place, p.side`,
    [tenantId, plainArray(ids)],
  );
  const found = new Map<string, BalanceAfter[]>();
  for (const row of rows) {
    const balance = { accountId: row.id, ...showBalance(toAccount(row), toBalance(row)) };
    found.set(row.command, [...(found.get(row.command) ?? []), balance]);
  }
  return found;
}
