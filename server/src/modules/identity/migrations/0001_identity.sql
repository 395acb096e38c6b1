-- Who people are, how they prove it, and the state of our own OpenID issuer.
select bus.module_tables();
select platform.idempotency_table();

-- Customers of the installation. Found by host before any tenant is known, hence without row-level security; names no person.
create table identity.tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,30}$'),
  name text not null,
  hosts text[] not null default '{}',
  created_at timestamptz not null
);
select platform.module_table('identity.tenants', 'select, insert, update');

-- Names and documents are sealed under the person's own key; the keyed hashes are for look-up and for "one account a CPF".
create table identity.people (
  tenant_id uuid not null references identity.tenants (id),
  subject_id uuid not null,
  name_sealed bytea not null,
  cpf_sealed bytea not null,
  email_sealed bytea not null,
  cpf_hash bytea,
  email_hash bytea,
  created_at timestamptz not null,
  primary key (tenant_id, subject_id),
  unique (tenant_id, cpf_hash),
  unique (tenant_id, email_hash)
);
select platform.tenant_table('identity.people', 'select, insert, update');

-- The cost is stored with each hash, so that it can grow: a log-in with an old cost renews the hash.
create table identity.credentials (
  tenant_id uuid not null,
  subject_id uuid not null,
  algorithm text not null check (algorithm = 'argon2id'),
  memory_kib integer not null,
  passes integer not null,
  parallelism integer not null,
  salt bytea not null,
  hash bytea not null,
  updated_at timestamptz not null,
  primary key (tenant_id, subject_id),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
select platform.tenant_table('identity.credentials', 'select, insert, update, delete');

-- Failed log-ins by login and by address, both as keyed hashes. Rows go away an hour after their last use.
create table identity.login_attempts (
  tenant_id uuid not null,
  kind text not null check (kind in ('login', 'address')),
  key_hash bytea not null,
  failures integer not null,
  window_started_at timestamptz not null,
  blocked_until timestamptz,
  updated_at timestamptz not null,
  primary key (tenant_id, kind, key_hash)
);
create index on identity.login_attempts (updated_at);
select platform.tenant_table('identity.login_attempts', 'select, insert, update, delete');

-- Applications that may ask for tokens. Secrets are derived from the master key and not stored.
create table identity.clients (
  client_id text primary key,
  tenant_id uuid not null references identity.tenants (id),
  name text not null,
  kind text not null check (kind in ('bff', 'service')),
  scopes text[] not null,
  redirect_uris text[] not null default '{}',
  created_at timestamptz not null
);
select platform.tenant_table('identity.clients', 'select, insert, update');

-- Protocol state of the issuer: reached only by the hash of an unguessable id, content sealed. A browser's session at the issuer
-- may span tenants, so these rows have none.
create table identity.oidc_payloads (
  model text not null,
  id_hash bytea not null,
  sealed bytea not null,
  grant_hash bytea,
  uid_hash bytea,
  consumed_at timestamptz,
  expires_at timestamptz,
  primary key (model, id_hash)
);
create index on identity.oidc_payloads (grant_hash) where grant_hash is not null;
create index on identity.oidc_payloads (uid_hash) where uid_hash is not null;
create index on identity.oidc_payloads (expires_at);
select platform.module_table('identity.oidc_payloads', 'select, insert, update, delete');

-- Private keys, sealed. `current` signs; `next` is published before it signs; `retired` still verifies until it is removed.
create table identity.signing_keys (
  kid text primary key,
  alg text not null check (alg = 'PS256'),
  sealed bytea not null,
  state text not null check (state in ('next', 'current', 'retired')),
  created_at timestamptz not null
);
create unique index on identity.signing_keys (state) where state = 'current';
select platform.module_table('identity.signing_keys', 'select, insert, update, delete');

-- Access tokens are JWTs nobody stores; what must not count before its expiry is named here until it expires by itself.
create table identity.revocations (
  kind text not null check (kind in ('grant', 'token', 'subject')),
  value text not null,
  revoked_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (kind, value)
);
create index on identity.revocations (expires_at);
select platform.module_table('identity.revocations', 'select, insert, update, delete');
