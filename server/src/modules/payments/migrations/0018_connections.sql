-- Connections to providers: how a tenant's payments reach a rail, and by which a payment went.

create table payments.connections (
  name text primary key check (name ~ '^[a-z][a-z0-9-]{0,30}$'),
  -- Whose payments go this way; null: those of every tenant that has none of its own.
  for_tenant uuid,
  rail text not null check (rail in ('pix')),
  adapter text not null,
  -- The adapter's own: addresses, keys of the account there.
  settings jsonb not null default '{}',
  -- What the adapter calls a secret, to the name under which it is kept. Never a secret.
  secrets jsonb not null default '{}',
  -- paused: no new payments; what is under way goes on to its end, and what arrives is brought in.
  state text not null default 'active' check (state in ('active', 'paused')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
select platform.module_table('payments.connections', 'select, insert, update');

-- Chosen when a payment is made, or told by whoever announced an arrival; kept for life. What is there went by the one there was.
alter table payments.payments add column connection text not null default 'pix';
alter table payments.receipts add column connection text not null default 'pix';

-- A Pix that was sent where the provider gives the end-to-end id: `own_id` is ours (payments.end_to_end_id), by which we ask about it.
create table payments.pix_names (
  tenant_id uuid not null,
  own_id text not null,
  connection text not null,
  end_to_end_id text not null unique,
  primary key (tenant_id, own_id)
);
select platform.tenant_table('payments.pix_names', 'select, insert');
