import { plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { AccountBalance } from '../contract.ts';
import {
  ACCOUNT_COLUMNS,
  type AccountRow,
  type BalanceRow,
  STANDING_COLUMNS,
  type StandingRow,
  toAccount,
  toBalance,
} from '../store/rows.ts';
import { type AsOf, asOfParams, balanceAsOf } from './as-of.ts';
import { accountOf } from './seek.ts';
import { showBalance } from './show-balance.ts';

type Row = AccountRow &
  StandingRow &
  BalanceRow & { created_at: Date; name: string | null; label: Record<string, string> | null; decimals: number | null };

/** Balances of those of the accounts that exist, as of two times; state and limit are those of now. */
export async function readBalances(
  tx: Tx,
  tenantId: string,
  accountIds: readonly string[],
  asOf: AsOf,
): Promise<{ asOfSeq: number; balances: AccountBalance[] }> {
  const params: unknown[] = [tenantId, plainArray(accountIds), ...asOfParams(asOf)];
  // One statement, so that the head and the entries are of the same snapshot.
  const rows = await tx.query<Row & { as_of: bigint | null }>(
    `select ${ACCOUNT_COLUMNS}, ${STANDING_COLUMNS}, e.posted_debits, e.posted_credits, e.pending_debits, e.pending_credits,
       a.created_at, b.name, b.metadata as label,
       (select decimals from ledger.assets where tenant_id = $1 and asset = a.asset) as decimals,
       (select seq from ledger.heads where tenant_id = $1) as as_of
     from unnest($2::uuid[]) with ordinality wanted (id, place)
     ${accountOf('wanted')}
     left join ledger.account_states s on s.tenant_id = $1 and s.account_id = a.id
     left join lateral (select name, metadata from ledger.account_labels where tenant_id = $1 and account_id = a.id limit 1) b on true
     ${balanceAsOf(asOf, '$1', '$3', '$4')}
     order by wanted.place`,
    asOf.effectiveMs === null ? params.slice(0, 3) : params,
  );
  return { asOfSeq: Number(rows[0]?.as_of ?? 0n), balances: rows.map(toView) };
}

function toView(row: Row): AccountBalance {
  const account = toAccount(row);
  const balance = toBalance(row);
  return {
    accountId: account.id,
    code: account.code,
    asset: account.asset,
    assetDecimals: row.decimals,
    normalSide: account.normalSide,
    subjectId: account.subjectId,
    name: row.name,
    metadata: row.label,
    openedAt: row.created_at.toISOString(),
    state: row.state,
    overdraftLimitMinor: row.current_limit.toString(),
    ...showBalance(account, balance),
  };
}
