import type { Tx } from '#platform/db/db.ts';
import type { Drift } from '../checker.ts';
import { breaksWith, pendingBy, postedBy } from '../store/moves.ts';

/** What is small enough to be compared whole each time, for all tenants: rows (tenant, where, detail) only when something is wrong. */
const STATE_CHECKS: Record<string, string> = {
  'heads are where the last batch is': `
    select h.tenant_id, 'head' as where, format('head %s at %s, last batch %s at %s', h.batch, h.seq, b.batch, b.last_seq) as detail
    from ledger.heads h
    left join lateral (select * from ledger.batches b where b.tenant_id = h.tenant_id order by b.batch desc limit 1) b on true
    where h.batch > 0 and (b.batch is distinct from h.batch or b.last_seq <> h.seq or b.hash <> h.hash or b.recorded_at <> h.recorded_at)`,

  'open holds equal pending balances': `
    with held as (
      select tenant_id, account_id, sum(debit) as debit, sum(credit) as credit from (
        select tenant_id, debit_account_id as account_id, amount as debit, 0 as credit from ledger.open_holds
        union all select tenant_id, credit_account_id, 0, amount from ledger.open_holds) h
      group by tenant_id, account_id)
    select h.tenant_id, h.account_id::text as where,
      format('pending %s/%s, held %s/%s', e.pending_debits, e.pending_credits, h.debit, h.credit) as detail
    from held h left join lateral (
      select pending_debits, pending_credits from ledger.entries e
      where e.tenant_id = h.tenant_id and e.account_id = h.account_id order by e.recorded_at desc, e.seq desc limit 1) e on true
    where (e.pending_debits, e.pending_credits) is distinct from (h.debit, h.credit)`,

  'holds end once': `
    select h.tenant_id, h.id::text as where, 'open and ended at once' as detail
    from ledger.open_holds h join ledger.hold_resolutions r on r.tenant_id = h.tenant_id and r.hold_id = h.id`,

  'account states are what directives made': `
    with told as (
      select d.tenant_id, d.account_id, max(d.seq) as seq,
        coalesce((array_agg(d.content->>'state' order by d.seq desc) filter (where d.content ? 'state'))[1], 'open') as state,
        (array_agg((d.content->>'overdraftLimitMinor')::numeric order by d.seq desc) filter (where d.content ? 'overdraftLimitMinor'))[1] as overdraft
      from ledger.directives d where d.account_id is not null group by d.tenant_id, d.account_id)
    select coalesce(t.tenant_id, s.tenant_id) as tenant_id, coalesce(t.account_id, s.account_id)::text as where,
      format('directives: %s %s at %s; kept: %s %s at %s', t.state, t.overdraft, t.seq, s.state, s.overdraft_limit, s.seq) as detail
    from told t full join ledger.account_states s on s.tenant_id = t.tenant_id and s.account_id = t.account_id
    left join ledger.accounts a on a.tenant_id = coalesce(t.tenant_id, s.tenant_id) and a.id = coalesce(t.account_id, s.account_id)
    where (t.state, coalesce(t.overdraft, a.overdraft_limit), t.seq) is distinct from (s.state, s.overdraft_limit, s.seq)`,
};

const MAX_FINDINGS = 100;

export async function checkState(tx: Tx): Promise<Drift[]> {
  const drift: Drift[] = [];
  for (const [check, sql] of Object.entries(STATE_CHECKS)) {
    const rows = await tx.query<{ tenant_id: string; where: string; detail: string }>(`${sql} limit ${MAX_FINDINGS}`);
    drift.push(...rows.map(({ tenant_id: tenantId, where, detail }) => ({ check, tenantId, where, detail })));
  }
  return drift;
}

const ACCOUNTS_A_PAGE = 2_000;
/** No id is before it. */
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
/** Accounts behind $2. */
const PAGE = `page as materialized (select * from ledger.accounts where tenant_id = $1 and id > $2 order by id limit $3)`;
const MARK = `sha256(convert_to(concat_ws('|', a.id, a.code, a.asset, a.normal_side, a.debits_must_not_exceed_credits,
  a.credits_must_not_exceed_debits, a.overdraft_limit, a.subject_id), 'UTF8'))`;

const ACCOUNT_CHECKS: Record<string, string> = {
  'balances follow from the last movement': `
    with ${PAGE}
    select a.id::text as where, format('seq %s: %s/%s/%s/%s after %s/%s/%s/%s', e.seq, e.posted_debits, e.posted_credits, e.pending_debits,
      e.pending_credits, p.posted_debits, p.posted_credits, p.pending_debits, p.pending_credits) as detail
    from page a
    cross join lateral (
      select * from ledger.entries e where e.tenant_id = $1 and e.account_id = a.id order by e.recorded_at desc, e.seq desc limit 1) e
    left join lateral (
      select * from ledger.entries p
      where p.tenant_id = $1 and p.account_id = a.id and p.recorded_at <= e.recorded_at and (p.recorded_at, p.seq) < (e.recorded_at, e.seq)
      order by p.recorded_at desc, p.seq desc limit 1) p on true
    left join ledger.transfers t on t.tenant_id = $1 and t.recorded_at = e.recorded_at and t.seq = e.seq
    where t.seq is null
      or ${breaksWith('e', 'p', 'e.side')}
      or e.side <> case a.id when t.debit_account_id then 'debit' when t.credit_account_id then 'credit' else '' end
      or e.posted_change <> ${postedBy('t')} or e.pending_change <> ${pendingBy('t')}`,

  'pending balances are held': `
    with ${PAGE}, held as (
      select account_id, sum(debit) as debit, sum(credit) as credit from (
        select debit_account_id as account_id, amount as debit, 0 as credit from ledger.open_holds where tenant_id = $1
        union all select credit_account_id, 0, amount from ledger.open_holds where tenant_id = $1) h
      group by account_id)
    select a.id::text as where, format('pending %s/%s, held %s/%s', e.pending_debits, e.pending_credits, h.debit, h.credit) as detail
    from page a
    cross join lateral (
      select * from ledger.entries e where e.tenant_id = $1 and e.account_id = a.id order by e.recorded_at desc, e.seq desc limit 1) e
    left join held h on h.account_id = a.id
    where e.pending_debits <> coalesce(h.debit, 0) or e.pending_credits <> coalesce(h.credit, 0)`,

  'accounts stay as they were opened': `
    with ${PAGE}, marked as (
      insert into ledger.account_marks (tenant_id, account_id, mark) select $1, a.id, ${MARK} from page a on conflict do nothing returning account_id)
    select a.id::text as where, 'the configuration is not that of the first look' as detail
    from page a join ledger.account_marks m on m.tenant_id = $1 and m.account_id = a.id where m.mark <> ${MARK}`,
};

const SUMS = `
  select l.asset as where, format('posted %s/%s, pending %s/%s', sum(l.pd), sum(l.pc), sum(l.hd), sum(l.hc)) as detail
  from (
    select a.asset, e.posted_debits as pd, e.posted_credits as pc, e.pending_debits as hd, e.pending_credits as hc
    from ledger.accounts a cross join lateral (
      select * from ledger.entries e where e.tenant_id = $1 and e.account_id = a.id order by e.recorded_at desc, e.seq desc limit 1) e
    where a.tenant_id = $1) l
  group by l.asset having sum(l.pd) <> sum(l.pc) or sum(l.hd) <> sum(l.hc)`;

const DAYS = `
  select to_char(r.day, 'YYYY-MM-DD') as where, format('records %s to %s, batch %s', r.first_seq, r.last_seq, r.batch) as detail
  from (
    select *, lag(root) over w as root_before, lag(last_seq, 1, 0::bigint) over w as seq_before
    from ledger.day_roots where tenant_id = $1 window w as (order by day)) r
  left join ledger.batches b on b.tenant_id = $1 and b.batch = r.batch
  where r.previous_root is distinct from r.root_before or r.first_seq <> r.seq_before + 1 or b.hash is distinct from r.batch_hash
    or b.last_seq is distinct from r.last_seq`;

/** What is looked at when the last account is reached. */
const ENDS: Record<string, string> = { 'debits equal credits per asset': SUMS, 'roots of days follow the chain': DAYS };

/** Checks the balances and settings of a tenant's accounts behind an id, and after the last one the sums and the days. `next` is where to go on; null at the end. */
export async function checkAccounts(tx: Tx, tenantId: string, after: string | null): Promise<{ drift: Drift[]; next: string | null }> {
  const params = [tenantId, after ?? BEFORE_ALL, ACCOUNTS_A_PAGE];
  const drift: Drift[] = [];
  for (const [check, sql] of Object.entries(ACCOUNT_CHECKS)) {
    const rows = await tx.query<{ where: string; detail: string }>(`${sql} limit ${MAX_FINDINGS}`, params);
    drift.push(...rows.map(({ where, detail }) => ({ check, tenantId, where, detail })));
  }
  const [last] = await tx.query<{ id: string; count: bigint }>(
    `with ${PAGE} select id, count(*) over () as count from page order by id desc limit 1`,
    params,
  );
  const isLast = !last || Number(last.count) < ACCOUNTS_A_PAGE;
  for (const [check, sql] of isLast ? Object.entries(ENDS) : []) {
    const rows = await tx.query<{ where: string; detail: string }>(`${sql} limit ${MAX_FINDINGS}`, [tenantId]);
    drift.push(...rows.map(({ where, detail }) => ({ check, tenantId, where, detail })));
  }
  return { drift, next: isLast ? null : last.id };
}
