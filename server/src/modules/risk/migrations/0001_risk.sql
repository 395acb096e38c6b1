-- Risk. A decision is written once, before it is answered, and never changed: what was asked, what was known, what was decided, how
-- long it took. No names, no keys: payees are known by keyed hashes.
create table risk.decisions (
  tenant_id uuid not null,
  id uuid not null,
  payment_id text not null,
  subject_id uuid not null,
  amount_minor numeric(38,0) not null,
  payee_hash bytea not null,
  outcome text not null check (outcome in ('approve', 'review', 'deny')),
  score double precision not null,
  degraded boolean not null,
  reasons jsonb not null,
  inputs jsonb not null,
  missing text[] not null,
  timing jsonb not null,
  rule_set_version text not null,
  duration_ms double precision not null,
  decided_at timestamptz not null,
  primary key (tenant_id, id),
  -- Asked again about the same payment, risk answers what it answered.
  unique (tenant_id, payment_id)
);
create index on risk.decisions (tenant_id, subject_id, decided_at desc);
select platform.tenant_table('risk.decisions', 'select, insert');

-- What people did before: one row a settled outgoing payment, from the payments' events.
create table risk.settled_payments (
  tenant_id uuid not null,
  payment_id text not null,
  subject_id uuid not null,
  payee_hash bytea not null,
  amount_minor numeric(38,0) not null,
  settled_at timestamptz not null,
  primary key (tenant_id, payment_id)
);
create index on risk.settled_payments (tenant_id, subject_id, settled_at desc);
create index on risk.settled_payments (tenant_id, subject_id, payee_hash);
select platform.tenant_table('risk.settled_payments', 'select, insert');

select bus.module_tables();
