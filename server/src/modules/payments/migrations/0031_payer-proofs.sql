-- What persons tried to pay in browsers that are new, by the business date: until a browser is known, a day has a limit. What was declined or failed is
-- not counted.
create table payments.new_device_spendings (
  tenant_id uuid not null,
  payment_id uuid not null,
  subject_id uuid not null,
  business_date date not null,
  amount_minor numeric(38,0) not null check (amount_minor > 0),
  primary key (tenant_id, payment_id)
);
create index on payments.new_device_spendings (tenant_id, subject_id, business_date);
create index on payments.new_device_spendings (business_date);
select platform.tenant_table('payments.new_device_spendings', 'select, insert, delete');

-- Where a tenant's rules of proofs differ from the installation's: amounts in minor units, as texts, by the rule's name.
create table payments.proof_policies (
  tenant_id uuid not null primary key,
  rules jsonb not null
);
select platform.tenant_table('payments.proof_policies', 'select, insert, update, delete');
