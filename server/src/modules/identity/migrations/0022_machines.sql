-- Machines get in: what clients prove themselves with. A `key` is shown to the API itself, a `secret` to the issuer. Of either there is a keyed
-- hash of it and nothing more; `scopes` and `networks` hold for keys (no network means any). It counts from `active_at` on, when whoever had to has
-- approved it, until `expires_at`; of two that count while one takes the place of the other, the one before says `replaced_by`.
create table identity.machine_keys (
  tenant_id uuid not null references identity.tenants (id),
  key_id uuid not null,
  client_id text not null references identity.clients (client_id),
  kind text not null check (kind in ('key', 'secret')),
  name text not null,
  beginning text not null,
  hash bytea not null unique,
  scopes text[] not null default '{}',
  networks text[] not null default '{}',
  created_by text not null,
  created_at timestamptz not null,
  active_at timestamptz,
  expires_at timestamptz,
  revoked_at timestamptz,
  replaces uuid,
  replaced_by uuid,
  last_used_at timestamptz,
  noticed_at timestamptz,
  primary key (tenant_id, key_id),
  check (kind = 'secret' or expires_at is not null)
);
create index on identity.machine_keys (tenant_id, client_id, created_at);
-- Keys whose end is near, for the job that tells of it.
create index on identity.machine_keys (expires_at) where noticed_at is null and revoked_at is null and kind = 'key';
select platform.tenant_table('identity.machine_keys', 'select, insert, update');

-- Public keys of a client that proves itself by a signature (private_key_jwt); it then has no secret.
alter table identity.clients add column jwks jsonb;
