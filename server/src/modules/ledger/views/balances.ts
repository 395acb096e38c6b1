import { instant, plainArray } from '#platform/db/arrays.ts';
import type { Tx } from '#platform/db/db.ts';
import type { AccountBalance, TrialBalance } from '../contract.ts';
import { available, held, posted } from '../domain/balance.ts';
import { ACCOUNT_COLUMNS, type AccountRow, type BalanceRow, toAccount, toBalance } from '../store/rows.ts';

/** Balances of those of the accounts that exist, from each one's last entry recorded up to `atMs` (null: now). One index seek an account. */
export async function readBalances(
  tx: Tx,
  tenantId: string,
  accountIds: readonly string[],
  atMs: number | null,
): Promise<{ asOfSeq: number; balances: AccountBalance[] }> {
  type Row = AccountRow & BalanceRow & { as_of: bigint | null };
  // One statement, so that the head and the entries are of the same snapshot.
  const rows = await tx.query<Row>(
    `select ${ACCOUNT_COLUMNS}, e.posted_debits, e.posted_credits, e.pending_debits, e.pending_credits,
       (select seq from ledger.heads where tenant_id = $1) as as_of
     from unnest($2::uuid[]) with ordinality wanted (id, place)
     join ledger.accounts a on a.tenant_id = $1 and a.id = wanted.id
     left join lateral (
       select posted_debits, posted_credits, pending_debits, pending_credits from ledger.entries
       where tenant_id = $1 and account_id = a.id and recorded_at <= coalesce($3::timestamptz, 'infinity')
       order by recorded_at desc, seq desc limit 1
     ) e on true
     order by wanted.place`,
    [tenantId, plainArray(accountIds), atMs === null ? null : instant(atMs)],
  );
  return { asOfSeq: Number(rows[0]?.as_of ?? 0n), balances: rows.map(toView) };
}

function toView(row: AccountRow & BalanceRow): AccountBalance {
  const account = toAccount(row);
  const balance = toBalance(row);
  return {
    accountId: account.id,
    code: account.code,
    asset: account.asset,
    normalSide: account.normalSide,
    subjectId: account.subjectId,
    overdraftLimitMinor: account.overdraftLimit.toString(),
    postedMinor: posted(account, balance).toString(),
    heldMinor: held(account, balance).toString(),
    availableMinor: available(account, balance).toString(),
  };
}

type TotalsRow = { asset: string; code: string; accounts: bigint; pd: bigint; pc: bigint; hd: bigint; hc: bigint; as_of: bigint | null };

/** Totals of every account, by asset and code. Reads one entry an account: a report, not a screen's query. */
export async function readTrialBalance(tx: Tx, tenantId: string): Promise<TrialBalance> {
  const rows = await tx.query<TotalsRow>(
    `select a.asset, a.code, count(*) as accounts, coalesce(sum(e.posted_debits), 0) as pd, coalesce(sum(e.posted_credits), 0) as pc,
       coalesce(sum(e.pending_debits), 0) as hd, coalesce(sum(e.pending_credits), 0) as hc,
       (select seq from ledger.heads where tenant_id = $1) as as_of
     from ledger.accounts a
     left join lateral (
       select posted_debits, posted_credits, pending_debits, pending_credits from ledger.entries
       where tenant_id = $1 and account_id = a.id order by recorded_at desc, seq desc limit 1
     ) e on true
     where a.tenant_id = $1
     group by a.asset, a.code order by a.asset, a.code`,
    [tenantId],
  );
  const byAsset = new Map<string, TotalsRow>();
  for (const row of rows) {
    const total = byAsset.get(row.asset) ?? { ...row, pd: 0n, pc: 0n, hd: 0n, hc: 0n };
    byAsset.set(row.asset, { ...total, pd: total.pd + row.pd, pc: total.pc + row.pc, hd: total.hd + row.hd, hc: total.hc + row.hc });
  }
  return {
    asOfSeq: Number(rows[0]?.as_of ?? 0n),
    assets: [...byAsset.values()].map((row) => ({ asset: row.asset, ...totals(row), differenceMinor: (row.pd - row.pc).toString() })),
    lines: rows.map((row) => ({ asset: row.asset, code: row.code, accounts: Number(row.accounts), ...totals(row) })),
  };
}

function totals(row: TotalsRow) {
  return {
    postedDebitsMinor: row.pd.toString(),
    postedCreditsMinor: row.pc.toString(),
    pendingDebitsMinor: row.hd.toString(),
    pendingCreditsMinor: row.hc.toString(),
  };
}
