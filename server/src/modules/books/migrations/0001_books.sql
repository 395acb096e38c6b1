-- A shop's books: what its accounts in the ledger mean. Balances are the ledger's; here is what was recorded, where, for what, by whom.

create table books.shops (
  tenant_id uuid not null,
  account_id uuid not null,
  -- Nothing is recorded, changed or reversed on this day or before it.
  closed_until date,
  opened_at timestamptz not null,
  primary key (tenant_id, account_id)
);
select platform.tenant_table('books.shops', 'select, insert, update');

create table books.stores (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  name text not null,
  archived_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index on books.stores (tenant_id, account_id);
select platform.tenant_table('books.stores', 'select, insert, update');

-- Ids of places and categories are those of their accounts in the ledger.
create table books.places (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  store_id uuid not null,
  kind text not null check (kind in ('drawer', 'safe', 'bank', 'transit', 'wallet')),
  name text not null,
  key text,
  archived_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index on books.places (tenant_id, account_id);
select platform.tenant_table('books.places', 'select, insert, update');

create table books.categories (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  group_name text not null
    check (group_name in ('revenue', 'deduction', 'cost', 'expense', 'financial-income', 'financial-expense', 'difference')),
  name text not null,
  key text,
  archived_at timestamptz,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index on books.categories (tenant_id, account_id);
select platform.tenant_table('books.categories', 'select, insert, update');

-- Never deleted. `position` is the entry's place in the ledger; until then, and without a refusal, it waits to be posted.
create table books.entries (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('in', 'out', 'transfer', 'opening')),
  amount_minor numeric(38,0) not null check (amount_minor <> 0),
  place_id uuid,
  owed text,
  to_place_id uuid,
  to_owed text,
  date date not null,
  competence date not null,
  -- Where it came late, to a closed day: what it was meant for.
  original_date date,
  original_competence date,
  text text,
  -- The text in small letters without accents, for searching.
  folded text not null,
  method text,
  counterparty_sealed bytea,
  -- Keyed hash of the folded name, so that entries with one counterparty are found.
  counterparty_hash bytea,
  tags text[] not null,
  origin_module text,
  origin_reference text,
  -- Keyed hash of what was asked: the same again is a duplicate, anything else a conflict.
  content_hash bytea not null,
  is_unsorted boolean not null,
  -- How many transfers it was made of in the ledger.
  postings smallint not null,
  position bigint,
  refusal text,
  reversed_at timestamptz,
  version integer not null default 1,
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (tenant_id, id)
);
create unique index entries_origin on books.entries (tenant_id, account_id, origin_module, origin_reference) where origin_module is not null;
create index entries_date on books.entries (tenant_id, account_id, date desc, id desc);
create index entries_competence on books.entries (tenant_id, account_id, competence desc, id desc);
create index entries_waiting on books.entries (tenant_id, recorded_at) where position is null and refusal is null;
select platform.tenant_table('books.entries', 'select, insert, update');

create table books.lines (
  tenant_id uuid not null,
  entry_id uuid not null,
  nth smallint not null,
  account_id uuid not null,
  category_id uuid not null,
  date date not null,
  competence date not null,
  amount_minor numeric(38,0) not null check (amount_minor > 0),
  primary key (tenant_id, entry_id, nth)
);
create index lines_category on books.lines (tenant_id, account_id, category_id, date desc, entry_id desc);
select platform.tenant_table('books.lines', 'select, insert, update, delete');

-- What was done to an entry after it was recorded: version 2 and on.
create table books.changes (
  tenant_id uuid not null,
  entry_id uuid not null,
  version integer not null,
  account_id uuid not null,
  kind text not null check (kind in ('reversed', 'recategorised', 'edited')),
  at timestamptz not null,
  by text not null,
  reason text,
  -- Of a recategorisation, the lines before it.
  lines_before jsonb,
  -- The commands it is made of in the ledger; empty where it says nothing to the ledger.
  commands jsonb not null,
  position bigint,
  refusal text,
  primary key (tenant_id, entry_id, version)
);
create index changes_waiting on books.changes (tenant_id, at) where position is null and refusal is null;
select platform.tenant_table('books.changes', 'select, insert, update');

select platform.idempotency_table();
select bus.module_tables();
