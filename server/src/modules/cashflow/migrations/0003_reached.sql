-- Up to which place of the ledger a tenant's entries are in the figures: whoever has just recorded something may wait for it.
create table cashflow.reached (
  tenant_id uuid primary key,
  seq bigint not null
);
select platform.tenant_table('cashflow.reached', 'select, insert, update');
