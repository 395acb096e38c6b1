-- Payments. What is personal (who is paid, who pays, what for) is sealed under the payer's key; the rest of a row says nothing of people.

-- A person's account: where its money is in the ledger, and the key under which the Pix directory knows it.
create sequence payments.account_number start 10001;
create table payments.accounts (
  tenant_id uuid not null,
  subject_id uuid not null,
  status text not null default 'opening' check (status in ('opening', 'open')),
  ledger_account_id uuid not null,
  branch text not null default '0001',
  number bigint not null default nextval('payments.account_number'),
  -- Name and CPF as they stood at opening: what a payment order carries must not change between two tries of it.
  holder_sealed bytea,
  pix_key_sealed bytea,
  -- Hash under the installation's key, the same in every tenant: an incoming Pix names a key and no tenant.
  pix_key_hash bytea unique,
  attempt integer not null default 0,
  next_attempt_at timestamptz,
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz not null,
  opened_at timestamptz,
  primary key (tenant_id, subject_id),
  unique (number)
);
create index on payments.accounts (next_attempt_at) where next_attempt_at is not null;
create unique index on payments.accounts (tenant_id, ledger_account_id);
grant usage on sequence payments.account_number to payments, payments_system;
select platform.tenant_table('payments.accounts', 'select, insert, update');

-- What a person read from a code, for ten minutes.
create table payments.quotes (
  tenant_id uuid not null,
  id uuid not null,
  subject_id uuid not null,
  route text not null check (route in ('pix', 'on-us')),
  amount_minor numeric(38,0),
  amount_editable boolean not null,
  payee_sealed bytea not null,
  payee_hash bytea not null,
  -- The payee's account in the ledger, when it is here.
  payee_account_id uuid,
  payee_subject_id uuid,
  expires_at timestamptz not null,
  primary key (tenant_id, id)
);
create index on payments.quotes (expires_at);
select platform.tenant_table('payments.quotes', 'select, insert, delete');

-- One row a payment, changed only by version: of two who read the same row, one writes.
create table payments.payments (
  tenant_id uuid not null,
  id uuid not null,
  version integer not null default 1,
  status text not null,
  route text not null check (route in ('pix', 'on-us')),
  attempt integer not null default 0,
  subject_id uuid not null,
  account_id uuid not null,
  quote_id uuid not null,
  amount_minor numeric(38,0) not null check (amount_minor > 0),
  end_to_end_id text not null unique,
  payee_sealed bytea not null,
  payee_hash bytea not null,
  payee_account_id uuid,
  payee_subject_id uuid,
  description_sealed bytea,
  channel text not null,
  actor_kind text not null,
  actor_id text not null,
  traceparent text,
  decision_id uuid,
  reasons jsonb not null default '[]',
  review_until timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  settled_at timestamptz,
  -- When something is due; null once the payment has ended. Whoever works on it holds the lease.
  next_attempt_at timestamptz,
  lease_owner text,
  lease_until timestamptz,
  primary key (tenant_id, id),
  -- A quote pays once, whatever idempotency keys it comes with.
  unique (tenant_id, quote_id)
) with (fillfactor = 70);
create index on payments.payments (next_attempt_at) where next_attempt_at is not null;
create index on payments.payments (tenant_id, subject_id, created_at desc);
select platform.tenant_table('payments.payments', 'select, insert, update');

-- Each thing that was done for a payment, or heard about it. Only ever added to.
create table payments.steps (
  tenant_id uuid not null,
  seq bigint generated always as identity,
  payment_id uuid not null,
  step text not null,
  attempt integer not null,
  started_at timestamptz not null,
  duration_ms double precision not null,
  input jsonb not null,
  outcome jsonb not null,
  status_before text not null,
  status_after text not null,
  primary key (tenant_id, payment_id, seq)
);
select platform.tenant_table('payments.steps', 'select, insert');

-- Announcements of the provider, each once. They name an end-to-end id and no one.
create table payments.provider_events (
  event_id text primary key,
  type text not null,
  end_to_end_id text not null,
  amount_minor numeric(38,0),
  received_at timestamptz not null,
  -- payment: about one of ours. receipt: money coming in. unmatched: about nothing we know.
  matched text not null check (matched in ('payment', 'receipt', 'unmatched'))
);
create index on payments.provider_events (end_to_end_id);
select platform.module_table('payments.provider_events', 'select, insert');

-- Incoming Pix. `announced` until the provider, asked again, has told key and amount; then it has a tenant and an account.
-- unmatched: no account here has the key. mismatched: announcement and answer differ. Both stay visible for people to resolve.
create table payments.receipts (
  id uuid primary key,
  tenant_id uuid not null,
  end_to_end_id text not null unique,
  version integer not null default 1,
  status text not null check (status in ('announced', 'matched', 'credited', 'unmatched', 'mismatched')),
  announced_minor numeric(38,0),
  amount_minor numeric(38,0),
  subject_id uuid,
  account_id uuid,
  -- Who sent it, sealed under the receiver's key; for a receipt that belongs to nobody, under the installation's.
  payer_sealed bytea,
  txid text,
  received_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  attempt integer not null default 0,
  next_attempt_at timestamptz,
  lease_owner text,
  lease_until timestamptz
);
create index on payments.receipts (next_attempt_at) where next_attempt_at is not null;
create index on payments.receipts (tenant_id, status, created_at);
select platform.tenant_table('payments.receipts', 'select, insert, update');

select platform.idempotency_table();
select bus.module_tables();
