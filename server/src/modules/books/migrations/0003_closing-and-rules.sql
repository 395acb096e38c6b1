-- Taken back after its day was closed: the entry that mirrors it on an open day. Where it was taken back on its own day there is none.
alter table books.entries add column reversed_by uuid;

-- What an edit changed, as it was before.
alter table books.changes add column before jsonb;

-- What somebody should look at before a day is closed, as the rooms that know of it say.
create table books.open_items (
  tenant_id uuid not null,
  account_id uuid not null,
  module text not null,
  reference text not null,
  date date not null,
  kind text not null,
  blocks boolean not null,
  marked_at timestamptz not null,
  primary key (tenant_id, account_id, module, reference)
);
create index on books.open_items (tenant_id, account_id, date);
select platform.tenant_table('books.open_items', 'select, insert, update, delete');

-- Days that were closed, and opened again: what `shops.closed_until` is made of, and why.
create table books.closings (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('closed', 'reopened')),
  -- The last closed day afterwards; null where none is left.
  until date,
  at timestamptz not null,
  by text not null,
  reason text,
  -- How many things were left open, knowingly.
  left_open integer not null,
  primary key (tenant_id, id)
);
create index on books.closings (tenant_id, account_id, at desc);
select platform.tenant_table('books.closings', 'select, insert, update');

-- "What contains this, from them, is that": for what comes without a category.
create table books.rules (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  kind text not null check (kind in ('in', 'out')),
  -- In small letters without accents; null for any text.
  contains text,
  counterparty_sealed bytea,
  counterparty_hash bytea,
  category_id uuid not null,
  taught_by text not null,
  created_at timestamptz not null,
  removed_at timestamptz,
  check (contains is not null or counterparty_hash is not null),
  primary key (tenant_id, id)
);
create index on books.rules (tenant_id, account_id) where removed_at is null;
select platform.tenant_table('books.rules', 'select, insert, update');
