-- What is known of a provider's word, and what has to end by itself or by a person.
alter table payments.payments
  -- Beyond it a payment that was certainly never sent ends, and one that may have been is `stuck`: for people.
  add column must_end_by timestamptz,
  -- Sends begun of which it is not known that they did not arrive; the one under way is among them.
  add column open_sends integer not null default 0,
  add column last_sent_at timestamptz,
  add column not_found_seen integer not null default 0,
  -- A refusal of a second send, which proves nothing by itself: {code, message}.
  add column refusal jsonb,
  -- The last word believed: executed, not-executed.
  add column outcome text check (outcome in ('executed', 'not-executed')),
  -- Where the payer's money is by our own commits, and by which way its end is booked.
  add column money text not null default 'none' check (money in ('none', 'held', 'posted', 'released')),
  add column held_at timestamptz,
  add column post_by text not null default 'settle' check (post_by in ('settle', 'settle-now', 'transfer', 'receivable')),
  add column post_round integer not null default 1,
  add column release_by text not null default 'release' check (release_by in ('release', 'give-back')),
  add column release_round integer not null default 1,
  -- Code of what people should look at; stays when the payment ends.
  add column trouble text,
  -- Announcements nobody has asked about yet. Counted, so that one that comes during a question is not lost with its answer.
  add column news integer not null default 0,
  add column status_since timestamptz;

-- What is under way while this is applied. Old sends count as such: nothing is concluded from a refusal of a further one.
update payments.payments set
  must_end_by = created_at + interval '12 hours',
  open_sends = case when status in ('held', 'sent', 'unknown') then 2 else 0 end,
  last_sent_at = case when status in ('sent', 'unknown') then updated_at end,
  outcome = case when status in ('confirmed', 'settled') then 'executed' when status in ('rejected', 'failed') then 'not-executed' end,
  money = case when status in ('held', 'sent', 'unknown', 'confirmed', 'rejected') then 'held' when status = 'settled' then 'posted'
    when status = 'failed' then 'released' else 'none' end,
  status_since = updated_at;
-- A process of the version before inserts without them while both are alive.
alter table payments.payments
  alter column must_end_by set default now() + interval '12 hours',
  alter column must_end_by set not null,
  alter column status_since set default now(),
  alter column status_since set not null;

create index payments_for_people on payments.payments (tenant_id, status_since, id) where status in ('disputed', 'stuck');

-- What a person decided about a payment that could not end by itself. A second person's approval has its place here; while none is asked
-- for, a decision is applied in the commit that keeps it.
create table payments.resolutions (
  tenant_id uuid not null,
  id uuid not null,
  payment_id uuid not null,
  decision text not null check (decision in ('executed', 'not-executed')),
  reason text not null,
  status_before text not null,
  trouble text,
  proposed_by_kind text not null,
  proposed_by text not null,
  proposed_at timestamptz not null default now(),
  approved_by_kind text,
  approved_by text,
  approved_at timestamptz,
  applied_at timestamptz,
  primary key (tenant_id, id)
);
create index on payments.resolutions (tenant_id, payment_id);
select platform.tenant_table('payments.resolutions', 'select, insert');
