-- Days may also be read from a store of documents. This is what keeps it in step: which days it has not got yet, and a version by which a
-- write that comes late is known.
create sequence cashflow.day_version;
grant usage on sequence cashflow.day_version to cashflow, cashflow_system;

-- Grows with every change of the row.
alter table cashflow.daily_balances add column version bigint not null default 0;

create table cashflow.days_to_copy (
  tenant_id uuid not null,
  account_id uuid not null,
  date date not null,
  -- How often the day changed since it was put here: whoever copied it takes it off only if it did not change meanwhile.
  changes integer not null default 1,
  since timestamptz not null default clock_timestamp(),
  primary key (tenant_id, account_id, date)
);
select platform.tenant_table('cashflow.days_to_copy', 'select, insert, update, delete');

-- The store of documents that is in this database: days as they are shown, one document each.
create table cashflow.day_documents (
  tenant_id uuid not null,
  account_id uuid not null,
  date date not null,
  version bigint not null,
  document jsonb not null,
  primary key (tenant_id, account_id, date)
);
select platform.tenant_table('cashflow.day_documents', 'select, insert, update, delete');
