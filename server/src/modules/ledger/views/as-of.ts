import { instant } from '#platform/db/arrays.ts';

/**
 * Which of two times a balance is of, both epoch milliseconds or null. `knownMs`: what had been recorded by then (null: all so far).
 * `effectiveMs`: what of it had taken effect by then (null: all of it).
 */
export type AsOf = { knownMs: number | null; effectiveMs: number | null };

/** `[knownMs, effectiveMs]` as parameters of `balanceAsOf`. */
export function asOfParams({ knownMs, effectiveMs }: AsOf): (string | null)[] {
  return [knownMs === null ? 'infinity' : instant(knownMs), effectiveMs === null ? null : instant(effectiveMs)];
}

/**
 * Joins each account `a` with its four balances as `e`. Without an effective time it is one index seek: the after-balances of the last
 * entry recorded by then. With one, since nothing takes effect after it is recorded: the after-balances of the last entry recorded by
 * both times, plus whatever was recorded between them and dated back, which a partial index keeps apart.
 */
export function balanceAsOf({ effectiveMs }: AsOf, tenant: string, known: string, effective: string): string {
  const by = effectiveMs === null ? known : `least(${known}::timestamptz, ${effective}::timestamptz)`;
  const last = `select posted_debits, posted_credits, pending_debits, pending_credits from ledger.entries
       where tenant_id = ${tenant} and account_id = a.id and recorded_at <= ${by}
       order by recorded_at desc, seq desc limit 1`;
  if (effectiveMs === null) return `left join lateral (\n       ${last}\n     ) e on true`;
  const sum = (change: string, side: string) => `coalesce(sum(${change}) filter (where side = '${side}'), 0)`;
  return `cross join lateral (
       select coalesce(l.posted_debits, 0) + b.pd as posted_debits, coalesce(l.posted_credits, 0) + b.pc as posted_credits,
         coalesce(l.pending_debits, 0) + b.hd as pending_debits, coalesce(l.pending_credits, 0) + b.hc as pending_credits
       from (
         select ${sum('posted_change', 'debit')} as pd, ${sum('posted_change', 'credit')} as pc,
           ${sum('pending_change', 'debit')} as hd, ${sum('pending_change', 'credit')} as hc
         from ledger.entries
         where tenant_id = ${tenant} and account_id = a.id and effective_at <= ${effective}
           and recorded_at > ${effective} and recorded_at <= ${known}
       ) b left join (
       ${last}
       ) l on true
     ) e`;
}
