-- The cash flow by payment, projected from the books' events and those of titles. Nothing here is a source: all of it can be made again from the log.
select bus.module_tables();

-- What is known of an entry that moved money at a place: from which its days follow, so that each further event changes them by the difference.
create table reports.cash_entries (
  tenant_id uuid not null,
  entry_id uuid not null,
  account_id uuid not null,
  state jsonb not null,
  -- The day of its payment; null while only titles have told of it.
  date date,
  primary key (tenant_id, entry_id)
);
create index on reports.cash_entries (tenant_id, account_id, date);
select platform.tenant_table('reports.cash_entries', 'select, insert, update');

-- One row a shop, day and what the money was for: a category's id, or `owed:cards` where the books know no more.
create table reports.cash_days (
  tenant_id uuid not null,
  account_id uuid not null,
  date date not null,
  about text not null,
  in_minor numeric(38,0) not null,
  out_minor numeric(38,0) not null,
  entries integer not null,
  primary key (tenant_id, account_id, date, about)
) with (fillfactor = 70);
select platform.tenant_table('reports.cash_days', 'select, insert, update');
