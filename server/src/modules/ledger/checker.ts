import type { Db, Tx } from '#platform/db/db.ts';
import { pendingBy, postedBy } from './store/moves.ts';

/** A difference between what the ledger says in two places. `detail` names the amounts, in minor units. */
export type Drift = { check: string; tenantId: string; where: string; detail: string };

/** The last entry of each account: what its balance is taken from. */
const LAST = `last as (
  select a.tenant_id, a.id, a.asset, coalesce(e.posted_debits, 0) as pd, coalesce(e.posted_credits, 0) as pc,
    coalesce(e.pending_debits, 0) as hd, coalesce(e.pending_credits, 0) as hc
  from ledger.accounts a
  left join lateral (
    select posted_debits, posted_credits, pending_debits, pending_credits from ledger.entries
    where tenant_id = a.tenant_id and account_id = a.id order by recorded_at desc, seq desc limit 1
  ) e on true
)`;

/** Each finds rows only when something is wrong: tenant, where, detail. Each is one statement, so that its
 * parts are of one snapshot while batches go on committing. */
const CHECKS: Record<string, string> = {
  'debits equal credits per asset': `with ${LAST}
    select tenant_id, asset as where, format('posted %s/%s, pending %s/%s', sum(pd), sum(pc), sum(hd), sum(hc)) as detail
    from last group by tenant_id, asset having sum(pd) <> sum(pc) or sum(hd) <> sum(hc)`,

  'open holds equal pending balances': `with ${LAST}, holds as (
      select tenant_id, account_id, sum(debit) as debit, sum(credit) as credit from (
        select tenant_id, debit_account_id as account_id, amount as debit, 0 as credit from ledger.open_holds
        union all select tenant_id, credit_account_id, 0, amount from ledger.open_holds) h
      group by tenant_id, account_id)
    select l.tenant_id, l.id::text as where, format('pending %s/%s, held %s/%s', l.hd, l.hc, coalesce(h.debit, 0), coalesce(h.credit, 0)) as detail
    from last l left join holds h on h.tenant_id = l.tenant_id and h.account_id = l.id
    where l.hd <> coalesce(h.debit, 0) or l.hc <> coalesce(h.credit, 0)`,

  'holds end once': `
    select h.tenant_id, h.id::text as where, 'open and ended at once' as detail
    from ledger.open_holds h join ledger.hold_resolutions r on r.tenant_id = h.tenant_id and r.hold_id = h.id`,

  'each entry follows from the one before': `
    select tenant_id, account_id::text as where, format('seq %s', seq) as detail from (
      select *, lag(posted_debits, 1, 0) over w as pd, lag(posted_credits, 1, 0) over w as pc,
        lag(pending_debits, 1, 0) over w as hd, lag(pending_credits, 1, 0) over w as hc
      from ledger.entries window w as (partition by tenant_id, account_id order by recorded_at, seq)) e
    where (posted_debits - pd, pending_debits - hd, posted_credits - pc, pending_credits - hc)
      <> case side when 'debit' then (posted_change, pending_change, 0::numeric, 0::numeric)
        else (0::numeric, 0::numeric, posted_change, pending_change) end`,

  'entries say what transfers say': `
    with wanted as (
      select tenant_id, seq, debit_account_id as account_id, 'debit' as side, kind, amount, held from ledger.transfers
      union all select tenant_id, seq, credit_account_id, 'credit', kind, amount, held from ledger.transfers
    ), sums as (
      select tenant_id, seq, account_id, side, ${postedBy('wanted')} as posted, ${pendingBy('wanted')} as pending from wanted)
    select coalesce(s.tenant_id, e.tenant_id) as tenant_id, coalesce(s.account_id, e.account_id)::text as where,
      format('seq %s: transfer %s/%s, entry %s/%s', coalesce(s.seq, e.seq), s.posted, s.pending, e.posted_change, e.pending_change) as detail
    from sums s full join ledger.entries e on e.tenant_id = s.tenant_id and e.seq = s.seq and e.account_id = s.account_id and e.side = s.side
    where s.seq is null or e.seq is null or s.posted <> e.posted_change or s.pending <> e.pending_change`,

  'the sequence has no gaps': `
    select h.tenant_id, 'head' as where, format('head at %s, %s records up to %s', h.seq, count(r.seq), max(r.seq)) as detail
    from ledger.heads h
    left join (select tenant_id, seq from ledger.transfers union all select tenant_id, seq from ledger.directives) r on r.tenant_id = h.tenant_id
    group by h.tenant_id, h.seq having h.seq <> count(r.seq) or h.seq <> coalesce(max(r.seq), 0)`,
};

const MAX_FINDINGS = 100;

/**
 * Compares all that the ledger keeps twice, for all tenants, and answers every difference (at most 100 a check). An empty answer means the
 * books agree with themselves. Reads everything at once: for tests and quiet hours. What runs always is `check/` (worker `ledger.checker`).
 */
export function findDrift(db: Db): Promise<Drift[]> {
  return db.tx({ module: 'ledger', system: true }, async (tx) => {
    const drift: Drift[] = [];
    for (const check of Object.keys(CHECKS)) drift.push(...(await run(tx, check)));
    return drift;
  });
}

async function run(tx: Tx, check: string): Promise<Drift[]> {
  const rows = await tx.query<{ tenant_id: string; where: string; detail: string }>(`${CHECKS[check]} limit ${MAX_FINDINGS}`);
  return rows.map((row) => ({ check, tenantId: row.tenant_id, where: row.where, detail: row.detail }));
}
