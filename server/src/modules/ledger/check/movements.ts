import { breaksWith, pendingBy, postedBy } from '../store/moves.ts';

/**
 * Checks over a run of records: $1 tenant, $2 and $3 first and last instant, $4 and $5 first and last seq. Each finds rows (where, detail)
 * only when something is wrong, with a few seeks a record (a limit where at most one row can be keeps the planner from choosing otherwise).
 */
const RUN = 't.tenant_id = $1 and t.recorded_at between $2 and $3 and t.seq between $4 and $5';

const SIDES = `from ledger.transfers t
  cross join lateral (values (t.debit_account_id, 'debit'), (t.credit_account_id, 'credit')) s (account_id, side)
  left join lateral (
    select * from ledger.entries e where e.tenant_id = $1 and e.account_id = s.account_id and e.recorded_at = t.recorded_at and e.seq = t.seq limit 1
  ) e on true`;

const PREVIOUS = `left join lateral (
    select * from ledger.entries p
    where p.tenant_id = $1 and p.account_id = s.account_id and p.recorded_at <= t.recorded_at and (p.recorded_at, p.seq) < (t.recorded_at, t.seq)
    order by p.recorded_at desc, p.seq desc limit 1
  ) p on true`;

export const MOVEMENT_CHECKS: Record<string, string> = {
  'entries say what transfers say': `
    select format('seq %s', t.seq) as where,
      format('account %s: transfer %s/%s, entry %s/%s', s.account_id, w.posted, w.pending, e.posted_change, e.pending_change) as detail
    ${SIDES}
    cross join lateral (select ${postedBy('t')} as posted, ${pendingBy('t')} as pending) w
    where ${RUN} and (e.seq is null or e.side <> s.side or e.posted_change <> w.posted or e.pending_change <> w.pending
      or e.effective_at is distinct from nullif(t.effective_at, t.recorded_at))`,

  'each entry follows from the one before': `
    select format('account %s', s.account_id) as where,
      format('seq %s: %s/%s/%s/%s after %s/%s/%s/%s', t.seq, e.posted_debits, e.posted_credits, e.pending_debits, e.pending_credits,
        p.posted_debits, p.posted_credits, p.pending_debits, p.pending_credits) as detail
    ${SIDES}
    ${PREVIOUS}
    where ${RUN} and e.seq is not null and ${breaksWith('e', 'p', 's.side')}`,

  'every entry has its transfer': `
    select format('account %s', s.account_id) as where, format('entry %s has no transfer', p.seq) as detail
    ${SIDES}
    ${PREVIOUS}
    where ${RUN} and p.seq is not null and not exists (
      select from ledger.transfers o where o.tenant_id = $1 and o.recorded_at = p.recorded_at and o.seq = p.seq limit 1)`,

  'every record has its command': `
    select format('seq %s', t.seq) as where, format('command %s says %s', t.id, c.seq) as detail
    from (select tenant_id, recorded_at, seq, id from ledger.transfers union all select tenant_id, recorded_at, seq, id from ledger.directives) t
    left join ledger.commands c on c.tenant_id = $1 and c.id = t.id
    where ${RUN} and (c.seq is distinct from t.seq or c.recorded_at is distinct from t.recorded_at)`,

  'holds are open, or ended once': `
    select format('hold %s', t.id) as where, format('placed %s, captured %s; open %s, ended %s', t.amount, k.taken, o.amount, r.state) as detail
    from ledger.transfers t
    left join ledger.open_holds o on o.tenant_id = $1 and o.id = t.id
    left join ledger.hold_resolutions r on r.tenant_id = $1 and r.hold_id = t.id
    cross join lateral (select coalesce(sum(amount), 0) as taken from ledger.hold_captures k where k.tenant_id = $1 and k.hold_id = t.id) k
    where ${RUN} and t.kind = 'hold' and ((o.id is null) = (r.hold_id is null) or o.amount <> t.amount - k.taken
      or o.debit_account_id <> t.debit_account_id or o.credit_account_id <> t.credit_account_id
      or o.expires_at is distinct from case when o.id is null then null else t.expires_at end)`,

  'the ends of holds say what ended them': `
    select format('hold %s', t.hold_id) as where, format('ended by %s with %s; kept: %s by %s', t.id, t.amount, r.amount, r.resolved_by) as detail
    from ledger.transfers t left join ledger.hold_resolutions r on r.tenant_id = $1 and r.hold_id = t.hold_id
    where ${RUN} and t.hold_id is not null and coalesce(t.remaining, 0) = 0 and (r.resolved_by is distinct from t.id or r.recorded_at <> t.recorded_at
      or r.amount <> case t.kind when 'settle' then t.amount else 0 end or (r.state = 'settled') <> (t.kind = 'settle'))`,

  'settlements that keep the rest are kept': `
    select format('hold %s', t.hold_id) as where, format('settled %s by %s; kept: %s by %s', t.amount, t.id, k.amount, k.settled_by) as detail
    from ledger.transfers t left join ledger.hold_captures k on k.tenant_id = $1 and k.hold_id = t.hold_id and k.seq = t.seq
    where ${RUN} and t.remaining > 0 and (k.settled_by is distinct from t.id or k.amount <> t.amount or k.recorded_at <> t.recorded_at)`,
};
