-- How many more Pix keys a person may look up. The bucket is one instant: when it is full again. A row in the past says the same as no row.
create table payments.lookups (
  tenant_id uuid not null,
  subject_id uuid not null,
  full_at timestamptz not null,
  primary key (tenant_id, subject_id)
);
create index on payments.lookups (full_at);
select platform.tenant_table('payments.lookups', 'select, insert, update, delete');
