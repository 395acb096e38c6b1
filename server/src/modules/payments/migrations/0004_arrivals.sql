-- Money that comes in: matched later or sent back by a person, each step on record, and looked for where no announcement told of it.

alter table payments.receipts
  -- The Pix of ours that came back, for a return.
  add column return_of text,
  -- The key that was paid, as accounts know theirs: what nobody has today may be somebody's tomorrow.
  add column payee_key_hash bytea,
  -- What a person decided about an arrival that stood still, to be carried out by whoever drives it next.
  add column decision text check (decision in ('match', 'give-back')),
  add column decided_tenant_id uuid,
  add column decided_subject_id uuid,
  -- How it became known: an announcement, or the provider's statement.
  add column found_by text not null default 'announcement' check (found_by in ('announcement', 'statement')),
  -- Since when it has been in its status; whole milliseconds, since lists go on from there.
  add column status_since timestamptz;
update payments.receipts set status_since = date_trunc('milliseconds', updated_at);
-- A process of the version before inserts without it while both are alive.
alter table payments.receipts alter column status_since set default date_trunc('milliseconds', now()), alter column status_since set not null;
-- Arrivals that stood still for good are looked at again from now on.
update payments.receipts set next_attempt_at = now() where status = 'unmatched';

create index receipts_of_key on payments.receipts (payee_key_hash) where status = 'unmatched';
create index receipts_under_way on payments.receipts (tenant_id, status_since, id) where status not in ('credited', 'returned');

-- Each thing that was done for an arrival, or decided about it by a person: who, and why. Only ever added to. The tenant is where the
-- arrival was kept after the step.
create table payments.receipt_steps (
  tenant_id uuid not null,
  seq bigint generated always as identity,
  receipt_id uuid not null,
  step text not null,
  attempt integer not null,
  started_at timestamptz not null,
  duration_ms double precision not null,
  outcome jsonb not null,
  status_before text not null,
  status_after text not null,
  actor_kind text not null,
  actor_id text not null,
  reason text,
  primary key (tenant_id, receipt_id, seq)
);
create index on payments.receipt_steps (receipt_id, seq);
select platform.tenant_table('payments.receipt_steps', 'select, insert');

-- How much of one Pix has come back in parts: all together never more than it was. `in`: of what we paid, arriving here. The check is the
-- fence: two parts that together exceed the amount meet at this row.
create table payments.return_totals (
  end_to_end_id text not null,
  direction text not null check (direction in ('in', 'out')),
  amount_minor numeric(38,0) not null,
  returned_minor numeric(38,0) not null check (returned_minor >= 0),
  primary key (end_to_end_id, direction),
  constraint returned_within_amount check (returned_minor <= amount_minor)
);
select platform.module_table('payments.return_totals', 'select, insert, update');

-- Work beside requests that one process at a time does for a connection to a provider, and how far it has come. `mark` is an instant of
-- the provider's, never of ours: a clock that is wrong here skips nothing.
create table payments.statement_jobs (
  connection text not null,
  job text not null,
  mark timestamptz,
  next_at timestamptz not null default now(),
  lease_owner text,
  lease_until timestamptz,
  last_run_at timestamptz,
  -- Code of why the last run ended early; null when it ended well.
  last_fault text,
  primary key (connection, job)
);
select platform.module_table('payments.statement_jobs', 'select, insert, update');
