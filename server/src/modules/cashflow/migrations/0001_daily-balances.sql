-- The read model of the day's cash flow, projected from the ledger's events. Nothing here is a source: all of it can be rebuilt.

-- Ledger accounts as far as this module must know them.
create table cashflow.accounts (
  tenant_id uuid not null,
  account_id uuid not null,
  subject_id uuid,
  -- On this side amounts come in; on the other they go out.
  normal_side text not null check (normal_side in ('debit', 'credit')),
  -- Where the account's days begin and end.
  zone text not null,
  primary key (tenant_id, account_id)
);
select platform.tenant_table('cashflow.accounts', 'select, insert, update');

-- One row an account and business date on which something moved; days between carry the balance over. Denormalised: opening and
-- closing are stored, so that reading a range is one scan of the primary key and nothing is added up.
-- `position` is that of the newest entry on the day or before it: it names the version of what a reader was given.
create table cashflow.daily_balances (
  tenant_id uuid not null,
  account_id uuid not null,
  date date not null,
  opening numeric(38,0) not null,
  in_minor numeric(38,0) not null check (in_minor >= 0),
  out_minor numeric(38,0) not null check (out_minor >= 0),
  closing numeric(38,0) not null check (closing = opening + in_minor - out_minor),
  position bigint not null,
  updated_at timestamptz not null,
  primary key (tenant_id, account_id, date)
) with (fillfactor = 70);
select platform.tenant_table('cashflow.daily_balances', 'select, insert, update');

-- A rebuild empties the model before it fills it again.
grant delete on cashflow.accounts, cashflow.daily_balances to cashflow_system;

select bus.module_tables();
