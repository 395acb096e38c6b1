-- What the provider's statement says against what our books say. A run compares a stretch of time; what differs is a row with a life.

create table payments.reconciliation_runs (
  id uuid primary key,
  connection text not null,
  -- moving: every few minutes over a window that moves. day: a business date. asked: by a person.
  kind text not null check (kind in ('moving', 'day', 'asked')),
  business_date date,
  from_at timestamptz not null,
  to_at timestamptz not null,
  asked_by text,
  asked_at timestamptz not null default now(),
  begun_at timestamptz,
  ended_at timestamptz,
  -- How far the provider's statement had come; a run that did not reach its end closes nothing beyond.
  reached_at timestamptz,
  lines bigint,
  found integer,
  closed integer,
  fault text
);
create index on payments.reconciliation_runs (connection, kind, ended_at desc);
create index on payments.reconciliation_runs (connection, business_date) where kind = 'day';
select platform.module_table('payments.reconciliation_runs', 'select, insert, update, delete');

-- One row a difference, however many runs find it. It closes itself when a run over its instant no longer finds it.
create table payments.differences (
  id uuid primary key,
  tenant_id uuid not null,
  connection text not null,
  class text not null,
  kind text not null,
  end_to_end_id text not null,
  return_id text not null default '',
  -- When it happened, by whoever knows of it.
  occurred_at timestamptz not null,
  ours text,
  theirs text,
  amount_minor numeric(38,0) not null,
  status text not null default 'found' check (status in ('found', 'explained', 'compensated', 'closed')),
  -- Who closed it: itself, or a person, whose word holds although runs still find it.
  closed_by text check (closed_by in ('itself', 'person')),
  times integer not null default 1,
  first_seen_at timestamptz not null default date_trunc('milliseconds', now()),
  last_seen_at timestamptz not null default now(),
  last_run uuid not null,
  unique (connection, kind, end_to_end_id, return_id)
);
create index differences_open on payments.differences (tenant_id, first_seen_at, id) where status in ('found', 'explained');
create index on payments.differences (connection, occurred_at);
select platform.tenant_table('payments.differences', 'select, insert, update');

-- What became of a difference: who, when, why. Only ever added to.
create table payments.difference_acts (
  tenant_id uuid not null,
  seq bigint generated always as identity,
  difference_id uuid not null,
  status text not null,
  actor_kind text not null,
  actor_id text not null,
  reason text,
  at timestamptz not null default now(),
  primary key (tenant_id, difference_id, seq)
);
select platform.tenant_table('payments.difference_acts', 'select, insert');

-- What ended in a stretch of time, by the time the provider gave.
create index payments_settled on payments.payments (settled_at) where status = 'settled' and route = 'pix';
create index receipts_received on payments.receipts (received_at) where received_at is not null;
