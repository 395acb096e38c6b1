-- Drawers of shops: who stood at one when, what moved, what was counted, and what was missing or too much, for ever.
select bus.module_tables();
select platform.idempotency_table();

-- When the business day of a store begins. A store without a row has the calendar's days, in São Paulo.
create table drawers.store_hours (
  tenant_id uuid not null,
  account_id uuid not null,
  store_id uuid not null,
  cut_off_hour integer not null check (cut_off_hour between 0 and 12),
  time_zone text not null,
  primary key (tenant_id, store_id)
);
select platform.tenant_table('drawers.store_hours', 'select, insert, update');

-- A drawer is a place of the books; a row is there from its first opening on. Whoever changes what lies in it locks the row, so that one thing happens after another.
create table drawers.drawers (
  tenant_id uuid not null,
  place_id uuid not null,
  account_id uuid not null,
  store_id uuid not null,
  limit_minor numeric(38,0) check (limit_minor > 0),
  -- Where Pix of this drawer arrives, and whether the books hear of it by themselves.
  pix_place text not null default 'wallet',
  pix_by_itself boolean not null default false,
  -- What the books say lies in it, once all that is on its way has come: the sum of all movements.
  balance_minor numeric(38,0) not null default 0,
  primary key (tenant_id, place_id)
);
create index on drawers.drawers (tenant_id, account_id);
select platform.tenant_table('drawers.drawers', 'select, insert, update');

-- What others recorded in the books on places that have no drawer here yet: what lies in one when it is opened for the first time.
create table drawers.elsewhere (
  tenant_id uuid not null,
  place_id uuid not null,
  balance_minor numeric(38,0) not null,
  primary key (tenant_id, place_id)
);
select platform.tenant_table('drawers.elsewhere', 'select, insert, update');

-- Which entry of others changed which place by how much: an entry that is taken back is named by its id alone.
create table drawers.foreign_entries (
  tenant_id uuid not null,
  entry_id uuid not null,
  place_id uuid not null,
  account_id uuid not null,
  cash_minor numeric(38,0) not null,
  primary key (tenant_id, entry_id, place_id)
);
select platform.tenant_table('drawers.foreign_entries', 'select, insert');

create table drawers.sessions (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  place_id uuid not null,
  store_id uuid not null,
  status text not null default 'open' check (status in ('open', 'counting', 'closed', 'reviewed')),
  business_date date not null,
  cut_off_hour integer not null,
  time_zone text not null,
  opened_by text not null,
  opened_at timestamptz not null,
  float_minor numeric(38,0) not null check (float_minor >= 0),
  float_cash jsonb not null,
  -- Of the newest count.
  counted_at timestamptz,
  closed_by text,
  closed_at timestamptz,
  reviewed_by text,
  reviewed_at timestamptz,
  review_note text,
  primary key (tenant_id, id),
  foreign key (tenant_id, place_id) references drawers.drawers (tenant_id, place_id),
  check ((closed_at is not null) = (status in ('closed', 'reviewed'))),
  check (reviewed_by is null or (reviewed_by <> opened_by and reviewed_by <> closed_by))
);
-- One open session a drawer: of two operators who open it at the same moment, one does.
create unique index one_open on drawers.sessions (tenant_id, place_id) where status in ('open', 'counting');
create index on drawers.sessions (tenant_id, account_id, business_date desc, opened_at desc);
create index on drawers.sessions (tenant_id, place_id, opened_at desc);
select platform.tenant_table('drawers.sessions', 'select, insert, update');

create table drawers.movements (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  place_id uuid not null,
  session_id uuid,
  -- Only what happened at the till counts toward what a session expects; opening and closing make the books say what was counted.
  phase text not null check (phase in ('opening', 'till', 'closing', 'outside')),
  kind text not null,
  method text not null,
  amount_minor numeric(38,0) not null check (amount_minor > 0),
  paid_minor numeric(38,0),
  handed_out_minor numeric(38,0),
  -- By how much the drawer, and the slips of its method, change.
  cash_minor numeric(38,0) not null,
  slip_minor numeric(38,0) not null,
  note text,
  card jsonb,
  business_date date not null,
  at timestamptz not null,
  recorded_at timestamptz not null,
  by text not null,
  voids uuid,
  -- What a repetition of an offline sale is compared with.
  content_hash bytea,
  refused text,
  primary key (tenant_id, id),
  foreign key (tenant_id, session_id) references drawers.sessions (tenant_id, id),
  check ((phase = 'outside') = (session_id is null))
);
create index on drawers.movements (tenant_id, session_id, at, id);
create unique index on drawers.movements (tenant_id, voids) where voids is not null;
select platform.tenant_table('drawers.movements', 'select, insert, update');

-- Entries on their way to the books, in order: what a movement or a deposit is made of there.
create table drawers.postings (
  tenant_id uuid not null,
  id uuid not null,
  seq bigint generated always as identity,
  account_id uuid not null,
  about uuid not null,
  -- The entry to record, or the one to reverse.
  entry jsonb,
  reverses uuid,
  reason text,
  state text not null default 'pending' check (state in ('pending', 'recorded', 'refused')),
  refusal text,
  position bigint,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  check ((entry is null) <> (reverses is null))
);
create index on drawers.postings (tenant_id, about);
create index on drawers.postings (tenant_id, account_id, seq) where state = 'pending';
-- For the job that takes up what a dead process left, of all tenants.
create index on drawers.postings (created_at) where state = 'pending';
select platform.tenant_table('drawers.postings', 'select, insert, update');

-- Counts are only ever added: a recount is a second record.
create table drawers.counts (
  tenant_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  nth integer not null,
  at timestamptz not null,
  by text not null,
  cash jsonb not null,
  slips jsonb not null,
  -- A line a method: what was expected at that moment, what was counted.
  lines jsonb not null,
  primary key (tenant_id, id),
  unique (tenant_id, session_id, nth),
  foreign key (tenant_id, session_id) references drawers.sessions (tenant_id, id)
);
select platform.tenant_table('drawers.counts', 'select, insert');

-- A difference stays as it was found; only who stands for it is added.
create table drawers.differences (
  tenant_id uuid not null,
  id uuid not null,
  session_id uuid not null,
  stage text not null check (stage in ('opening', 'closing')),
  method text not null,
  expected_minor numeric(38,0) not null,
  counted_minor numeric(38,0) not null,
  difference_minor numeric(38,0) not null check (difference_minor = counted_minor - expected_minor and difference_minor <> 0),
  reason text not null,
  by text not null,
  at timestamptz not null,
  movement_id uuid,
  approved_by text,
  approved_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, session_id, stage, method),
  foreign key (tenant_id, session_id) references drawers.sessions (tenant_id, id)
);
select platform.tenant_table('drawers.differences', 'select, insert, update (approved_by, approved_at)');

-- Sales recorded without a connection that found no open session: somebody decides.
create table drawers.late_sales (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  place_id uuid not null,
  session_id uuid,
  at timestamptz not null,
  why text not null check (why in ('closed', 'no-session', 'future')),
  sale jsonb not null,
  content_hash bytea not null,
  told_by text not null,
  told_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'recorded', 'discarded')),
  decision text,
  decided_by text,
  decided_at timestamptz,
  reason text,
  primary key (tenant_id, id)
);
create index on drawers.late_sales (tenant_id, account_id, at) where state = 'waiting';
select platform.tenant_table('drawers.late_sales', 'select, insert, update');

-- Cash on its way from the safe to a bank.
create table drawers.deposits (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  from_ref text not null,
  transit_id uuid not null,
  amount_minor numeric(38,0) not null check (amount_minor > 0),
  state text not null default 'in-transit' check (state in ('in-transit', 'credited', 'refused')),
  sent_on date not null,
  sent_by text not null,
  sent_at timestamptz not null,
  credited_on date,
  to_place_id uuid,
  primary key (tenant_id, id)
);
create index on drawers.deposits (tenant_id, account_id, sent_at desc, id desc);
select platform.tenant_table('drawers.deposits', 'select, insert, update');
