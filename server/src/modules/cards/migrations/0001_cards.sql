-- Card receivables of shops: what contracts say, what was sold, what is to come when, and which deposit brought it.
select bus.module_tables();
select platform.idempotency_table();

-- Lines of contracts with acquirers; never changed: a new line begins on its day, and older sales stay under the older one.
create table cards.terms (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  acquirer text not null,
  brand text not null,
  method text not null check (method in ('debit-card', 'credit-card', 'voucher')),
  from_instalments integer not null check (from_instalments between 1 and 24),
  to_instalments integer not null check (to_instalments between from_instalments and 24),
  mdr_rate text not null,
  fixed_fee_minor numeric(38,0) not null check (fixed_fee_minor >= 0),
  term_kind text not null check (term_kind in ('business', 'calendar')),
  term_days integer not null check (term_days between 0 and 400),
  valid_from date not null,
  primary key (tenant_id, id),
  unique (tenant_id, account_id, acquirer, brand, method, from_instalments, valid_from)
);
select platform.tenant_table('cards.terms', 'select, insert');

create table cards.sales (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  terms_id uuid not null,
  date date not null,
  instalments integer not null,
  gross_minor numeric(38,0) not null check (gross_minor > 0),
  primary key (tenant_id, id),
  foreign key (tenant_id, terms_id) references cards.terms (tenant_id, id)
);
select platform.tenant_table('cards.sales', 'select, insert');

create table cards.lots (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  acquirer text not null,
  date date not null,
  place text not null,
  deposit_minor numeric(38,0) not null check (deposit_minor > 0),
  receivables_minor numeric(38,0) not null,
  adjustments jsonb not null,
  remainder_minor numeric(38,0) not null,
  primary key (tenant_id, id)
);
create index on cards.lots (tenant_id, account_id, date desc);
select platform.tenant_table('cards.lots', 'select, insert');

-- One an instalment; a chargeback or a refund is one of its own, below zero.
create table cards.receivables (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  sale_id uuid not null,
  answers uuid,
  type text not null check (type in ('credit', 'chargeback', 'chargeback-refund', 'refund')),
  status text not null default 'waiting' check (status in ('waiting', 'anticipated', 'paid')),
  acquirer text not null,
  brand text not null,
  method text not null,
  instalment integer not null,
  gross_minor numeric(38,0) not null check (gross_minor <> 0),
  fee_minor numeric(38,0) not null check (fee_minor >= 0),
  anticipation_fee_minor numeric(38,0) not null default 0 check (anticipation_fee_minor >= 0),
  -- As the contract had it, and as it is now.
  original_date date not null,
  due_date date not null,
  paid_date date,
  lot_id uuid,
  primary key (tenant_id, id),
  foreign key (tenant_id, sale_id) references cards.sales (tenant_id, id),
  foreign key (tenant_id, lot_id) references cards.lots (tenant_id, id),
  check ((status = 'paid') = (lot_id is not null and paid_date is not null))
);
create index on cards.receivables (tenant_id, account_id, due_date) where status <> 'paid';
create unique index on cards.receivables (tenant_id, answers, type) where answers is not null;
create index on cards.receivables (tenant_id, sale_id);
select platform.tenant_table('cards.receivables', 'select, insert, update');

-- Entries on their way to the books.
create table cards.postings (
  tenant_id uuid not null,
  id uuid not null,
  seq bigint generated always as identity,
  account_id uuid not null,
  entry jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'recorded', 'refused')),
  refusal text,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index on cards.postings (tenant_id, account_id, seq) where state = 'pending';
create index on cards.postings (created_at) where state = 'pending';
select platform.tenant_table('cards.postings', 'select, insert, update');
