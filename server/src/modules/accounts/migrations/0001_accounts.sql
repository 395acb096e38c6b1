-- Parties, their accounts, and who may act on an account. A person's name and documents stay with identity; a company's are sealed here,
-- under the company's own key.
select bus.module_tables();
select platform.idempotency_table();

-- A person (its id is the subject's id in identity) or a company.
create table accounts.parties (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('person', 'company')),
  legal_name_sealed bytea,
  trade_name_sealed bytea,
  tax_id_sealed bytea,
  -- Keyed hash of the CNPJ, for look-up and for "one company a CNPJ". People are unique in identity.
  tax_id_hash bytea,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, tax_id_hash),
  check ((kind = 'company') = (tax_id_hash is not null))
);
select platform.tenant_table('accounts.parties', 'select, insert, update');

-- An account of a party. A person's first account has the person's id: what was kept by person before accounts existed stays valid.
create table accounts.accounts (
  tenant_id uuid not null,
  id uuid not null,
  party_id uuid not null,
  product text not null check (product in ('payment')),
  status text not null default 'active' check (status in ('active', 'blocked', 'closed')),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, party_id) references accounts.parties (tenant_id, id)
);
create index on accounts.accounts (tenant_id, party_id);
select platform.tenant_table('accounts.accounts', 'select, insert, update');

-- Which person acts on which account, as what, up to how much. One row a person and account; who left keeps the row.
create table accounts.memberships (
  tenant_id uuid not null,
  account_id uuid not null,
  subject_id uuid not null,
  role text not null check (role in ('owner', 'operator', 'viewer', 'accountant')),
  -- Null: no limit of its own.
  per_payment_minor numeric(38,0) check (per_payment_minor > 0),
  per_day_minor numeric(38,0) check (per_day_minor > 0),
  version integer not null default 1,
  granted_by text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, account_id, subject_id),
  foreign key (tenant_id, account_id) references accounts.accounts (tenant_id, id)
);
create index on accounts.memberships (tenant_id, subject_id) where ended_at is null;
select platform.tenant_table('accounts.memberships', 'select, insert, update');

-- What members with a limit a day have had authorised, by the command that spends. Given back when the payment does not happen.
create table accounts.spendings (
  tenant_id uuid not null,
  command_id uuid not null,
  account_id uuid not null,
  subject_id uuid not null,
  business_date date not null,
  amount_minor numeric(38,0) not null check (amount_minor > 0),
  primary key (tenant_id, command_id)
);
create index on accounts.spendings (tenant_id, account_id, subject_id, business_date);
select platform.tenant_table('accounts.spendings', 'select, insert, delete');

-- A link with which one person may join, once, until it expires. Only a hash of its secret is kept.
create table accounts.invitations (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  secret_hash bytea not null,
  role text not null check (role in ('owner', 'operator', 'viewer', 'accountant')),
  per_payment_minor numeric(38,0) check (per_payment_minor > 0),
  per_day_minor numeric(38,0) check (per_day_minor > 0),
  -- When set, only the person with this e-mail may join.
  email_hash bytea,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  -- Who joined with it; null with an end: it was withdrawn.
  accepted_by uuid,
  primary key (tenant_id, id),
  unique (tenant_id, secret_hash),
  foreign key (tenant_id, account_id) references accounts.accounts (tenant_id, id)
);
create index on accounts.invitations (tenant_id, account_id, created_at desc);
select platform.tenant_table('accounts.invitations', 'select, insert, update');
