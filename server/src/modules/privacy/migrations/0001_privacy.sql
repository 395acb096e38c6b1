-- What people ask of their own data: a copy of all of it, its erasure, and what they consent to. Ids only; what was given out lies in files, sealed.
select bus.module_tables();
select platform.idempotency_table();
select platform.approvals_table();

-- A copy of all that is kept of a person, made by the queue, and gone seven days after it was ready.
create table privacy.exports (
  tenant_id uuid not null,
  id uuid not null,
  subject_id uuid not null,
  -- Of somebody who was erased, as far as law makes it stay: decided by two people, read by operators.
  retained boolean not null default false,
  asked_by_kind text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  ready_at timestamptz,
  expires_at timestamptz,
  json_bytes bigint,
  pdf_bytes bigint,
  primary key (tenant_id, id),
  check ((ready_at is null) = (expires_at is null))
);
create unique index exports_waiting on privacy.exports (tenant_id, subject_id, retained) where ready_at is null;
create index on privacy.exports (tenant_id, subject_id, asked_at desc);
select platform.tenant_table('privacy.exports', 'select, insert, update');

-- An erasure, step by step; each state is committed before what it stands for is done. See domain/erasure.ts.
create table privacy.erasures (
  tenant_id uuid not null,
  id uuid not null,
  subject_id uuid not null,
  state text not null check (state in ('asked', 'waiting', 'erasing', 'done', 'refused', 'withdrawn')),
  asked_by_kind text not null,
  asked_by text not null,
  asked_at timestamptz not null,
  due_at timestamptz,
  account_ids uuid[] not null default '{}',
  obstacles jsonb not null default '[]',
  stays jsonb not null default '[]',
  -- Keyed hash of the CPF of whose data stay: a judge asks by CPF.
  cpf_hash bytea,
  ended_at timestamptz,
  -- The first day on which nothing makes it stay any more; null where nothing stayed.
  retained_until date,
  retention_ended_at timestamptz,
  primary key (tenant_id, id),
  -- What ended without being done is due once more: the accounts are opened again.
  check (due_at is not null or state in ('done', 'refused', 'withdrawn'))
);
-- One at a time, and the last one counts once.
create unique index erasures_open on privacy.erasures (tenant_id, subject_id) where state in ('asked', 'waiting', 'erasing', 'done');
create index on privacy.erasures (due_at) where due_at is not null;
create index on privacy.erasures (retained_until) where retained_until is not null and retention_ended_at is null;
create index on privacy.erasures (tenant_id, asked_at desc);
create index on privacy.erasures (tenant_id, cpf_hash) where cpf_hash is not null;
select platform.tenant_table('privacy.erasures', 'select, insert, update');

-- Who consented to what, in which words, when and from where; and who took it back. Only ever added to.
create table privacy.consents (
  tenant_id uuid not null,
  id uuid not null,
  subject_id uuid not null,
  purpose text not null,
  version integer not null,
  given boolean not null,
  -- Network address, under the person's key.
  from_sealed bytea not null,
  at timestamptz not null,
  primary key (tenant_id, id)
);
create index on privacy.consents (tenant_id, subject_id, purpose, id desc);
select platform.tenant_table('privacy.consents', 'select, insert');
