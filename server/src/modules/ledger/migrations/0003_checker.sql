-- What the checker remembers, and what it found.

-- The refusals of a batch, for whoever recomputes its hash.
create index on ledger.commands (tenant_id, batch) where batch is not null;

-- How far each of the two passes over a tenant's batches has come: `tail` follows what is new, `sweep` goes round and round.
create table ledger.check_cursors (
  tenant_id uuid not null,
  pass text not null check (pass in ('tail', 'sweep')),
  batch bigint not null,
  primary key (tenant_id, pass)
) with (fillfactor = 50);
select platform.tenant_table('ledger.check_cursors', 'select, insert, update');

-- What an account was opened with, as the checker first saw it. Accounts are in no chain; this is how a change of one shows.
create table ledger.account_marks (
  tenant_id uuid not null,
  account_id uuid not null,
  mark bytea not null,
  primary key (tenant_id, account_id)
);
select platform.tenant_table('ledger.account_marks', 'select, insert');

-- Every difference ever found, once.
create table ledger.findings (
  tenant_id uuid not null,
  check_name text not null,
  place text not null,
  detail text not null,
  found_at timestamptz not null,
  primary key (tenant_id, check_name, place)
);
select platform.tenant_table('ledger.findings', 'select, insert');
