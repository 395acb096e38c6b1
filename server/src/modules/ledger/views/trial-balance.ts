import type { Tx } from '#platform/db/db.ts';
import type { TrialBalance } from '../contract.ts';
import { levelsOf } from '../domain/cosif.ts';
import { type AsOf, asOfParams, balanceAsOf } from './as-of.ts';

type Sums = { accounts: number; pd: bigint; pc: bigint; hd: bigint; hc: bigint };
type CodeRow = Sums & { asset: string; code: string; cosif: string | null; cosifName: string | null };

/**
 * The balancete: totals of every account by asset and code, and by every level of COSIF that the chart places codes under. Reads one
 * entry an account: a report, not a screen's query.
 */
export async function readTrialBalance(tx: Tx, tenantId: string, asOf: AsOf): Promise<TrialBalance> {
  const params: unknown[] = [tenantId, ...asOfParams(asOf)];
  const rows = await tx.query<Omit<CodeRow, 'accounts'> & { accounts: bigint; as_of: bigint | null }>(
    `select t.*, c.cosif, c.name as "cosifName", (select seq from ledger.heads where tenant_id = $1) as as_of from (
       select a.asset, a.code, count(*) as accounts, coalesce(sum(e.posted_debits), 0) as pd, coalesce(sum(e.posted_credits), 0) as pc,
         coalesce(sum(e.pending_debits), 0) as hd, coalesce(sum(e.pending_credits), 0) as hc
       from ledger.accounts a
       ${balanceAsOf(asOf, '$1', '$2', '$3')}
       where a.tenant_id = $1 group by a.asset, a.code
     ) t left join ledger.chart c on c.tenant_id = $1 and c.code = t.code
     order by t.asset, t.code`,
    asOf.effectiveMs === null ? params.slice(0, 2) : params,
  );
  const codes: CodeRow[] = rows.map((row) => ({ ...row, accounts: Number(row.accounts) }));
  return {
    asOfSeq: Number(rows[0]?.as_of ?? 0n),
    assets: sumBy(codes, (row) => row.asset).map(([asset, sums]) => ({
      asset,
      ...totals(sums),
      differenceMinor: (sums.pd - sums.pc).toString(),
    })),
    lines: codes.map((row) => ({ asset: row.asset, code: row.code, cosif: row.cosif, accounts: row.accounts, ...totals(row) })),
    cosif: byLevel(codes),
  };
}

/** A code counts in each level above it. What the chart does not place is summed apart, so that an asset's groups and it are all there is. */
function byLevel(codes: readonly CodeRow[]): TrialBalance['cosif'] {
  const placed = codes.flatMap((row) => {
    if (row.cosif === null) return [{ ...row, digits: '', level: 0, name: null as string | null }];
    const levels = levelsOf(row.cosif);
    return levels.map((one, i) => ({ ...row, ...one, name: i === levels.length - 1 ? row.cosifName : null }));
  });
  const names = new Map(placed.map((row) => [row.digits, null as string | null]));
  for (const { digits, name } of placed) names.set(digits, names.get(digits) ?? name);
  return sumBy(placed, (row) => `${row.asset}/${row.digits}/${row.level}`)
    .map(([key, sums]) => {
      const [asset = '', digits = '', level = '0'] = key.split('/');
      const balanceMinor = (sums.pd - sums.pc).toString();
      return {
        asset,
        cosif: digits,
        level: Number(level),
        name: names.get(digits) ?? null,
        accounts: sums.accounts,
        ...totals(sums),
        balanceMinor,
      };
    })
    .sort((a, b) => (`${a.asset}/${a.cosif}` < `${b.asset}/${b.cosif}` ? -1 : 1));
}

function sumBy<R extends Sums>(rows: readonly R[], keyOf: (row: R) => string): [string, Sums][] {
  const sums = new Map<string, Sums>();
  for (const row of rows) {
    const before = sums.get(keyOf(row)) ?? { accounts: 0, pd: 0n, pc: 0n, hd: 0n, hc: 0n };
    sums.set(keyOf(row), {
      accounts: before.accounts + row.accounts,
      pd: before.pd + row.pd,
      pc: before.pc + row.pc,
      hd: before.hd + row.hd,
      hc: before.hc + row.hc,
    });
  }
  return [...sums];
}

function totals(sums: Sums) {
  return {
    postedDebitsMinor: sums.pd.toString(),
    postedCreditsMinor: sums.pc.toString(),
    pendingDebitsMinor: sums.hd.toString(),
    pendingCreditsMinor: sums.hc.toString(),
  };
}
