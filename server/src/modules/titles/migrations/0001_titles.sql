-- What a shop has to pay and to receive. The books have it once its competência has come, and its payment once it is paid; until then it lives here.
select bus.module_tables();
select platform.idempotency_table();

-- From whom is bought, to whom is sold. Name and document are sealed under the counterparty's own key.
create table titles.counterparties (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  name_sealed bytea not null,
  tax_id_sealed bytea,
  archived boolean not null default false,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index on titles.counterparties (tenant_id, account_id);
select platform.tenant_table('titles.counterparties', 'select, insert, update');

-- What repeats. `segments`: what each change made of it, from an occurrence on.
create table titles.rules (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('payable', 'receivable')),
  segments jsonb not null,
  until_on date,
  occurrences integer check (occurrences > 0),
  lead_days integer not null check (lead_days between 0 and 90),
  -- The first occurrence that is no title yet.
  next_n integer not null default 0,
  -- Its date by the rule less the lead: from that day on it is to be made. Null: there is no further one.
  make_from date,
  ended boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index on titles.rules (tenant_id, account_id, created_at);
-- For the job, of all tenants.
create index on titles.rules (make_from) where make_from is not null;
select platform.tenant_table('titles.rules', 'select, insert, update');

create table titles.titles (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('payable', 'receivable')),
  description text not null,
  amount_minor numeric(38,0) not null check (amount_minor > 0),
  -- Principal of settlements that count: under way, or in the books.
  settled_minor numeric(38,0) not null default 0,
  due_on date not null,
  competence_on date not null,
  category_id uuid not null,
  place_id uuid,
  counterparty_id uuid,
  document text,
  terms jsonb not null,
  late boolean not null default false,
  rule_id uuid,
  n integer,
  plan_id uuid,
  nth integer,
  plan_count integer,
  -- Raised when what was accrued is accrued anew: part of the entry's id.
  generation integer not null default 1,
  cancelled boolean not null default false,
  version integer not null default 1,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, rule_id, n),
  foreign key (tenant_id, rule_id) references titles.rules (tenant_id, id),
  foreign key (tenant_id, counterparty_id) references titles.counterparties (tenant_id, id),
  check (settled_minor between 0 and amount_minor),
  check ((rule_id is null) = (n is null)),
  check ((plan_id is null) = (nth is null) and (plan_id is null) = (plan_count is null))
);
create index on titles.titles (tenant_id, account_id, due_on, id);
-- What is open: of years of titles, those that a screen and a forecast look at.
create index on titles.titles (tenant_id, account_id, due_on) where not cancelled and settled_minor < amount_minor;
select platform.tenant_table('titles.titles', 'select, insert, update');

create table titles.settlements (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  title_id uuid not null,
  status text not null check (status in ('recording', 'recorded', 'refused', 'undoing', 'undone')),
  refusal text,
  paid_on date not null,
  place_id uuid not null,
  principal_minor numeric(38,0) not null check (principal_minor > 0),
  fine_minor numeric(38,0) not null check (fine_minor >= 0),
  interest_minor numeric(38,0) not null check (interest_minor >= 0),
  discount_minor numeric(38,0) not null check (discount_minor >= 0),
  method text,
  created_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, title_id) references titles.titles (tenant_id, id),
  check (principal_minor + fine_minor + interest_minor - discount_minor > 0)
);
create index on titles.settlements (tenant_id, title_id, created_at);
create index on titles.settlements (tenant_id, account_id, paid_on);
select platform.tenant_table('titles.settlements', 'select, insert, update');

-- What the books are to have, committed with its cause and sent until they answer. The id is the entry's, or derived from it where it is taken back.
create table titles.bookings (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  title_id uuid not null,
  settlement_id uuid,
  entry_id uuid not null,
  purpose text not null check (purpose in ('accrual', 'payment', 'charges', 'discount')),
  action text not null check (action in ('record', 'reverse')),
  -- As the books are asked, without the counterparty's name.
  entry jsonb,
  -- The ledger takes no future date: sent from that day on.
  book_on date not null,
  -- What has to be known before: a reversal waits for what it takes back, charges for their payment.
  after uuid,
  state text not null default 'waiting' check (state in ('waiting', 'recorded', 'refused', 'dropped')),
  refusal text,
  attempts integer not null default 0,
  lease_until timestamptz,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, title_id) references titles.titles (tenant_id, id),
  foreign key (tenant_id, settlement_id) references titles.settlements (tenant_id, id),
  check ((action = 'record') = (entry is not null))
);
create index on titles.bookings (tenant_id, title_id);
create index on titles.bookings (tenant_id, settlement_id) where settlement_id is not null;
-- For the job, of all tenants.
create index on titles.bookings (book_on) where state = 'waiting';
select platform.tenant_table('titles.bookings', 'select, insert, update');
