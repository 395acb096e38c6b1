-- Passkeys (WebAuthn): public keys, which open nothing by themselves. `counter` stays 0 for those that do not count.
create table identity.passkeys (
  tenant_id uuid not null,
  passkey_id uuid not null,
  subject_id uuid not null,
  credential_id bytea not null,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  -- Found by the authenticator itself, without a name being typed: a passkey in the full sense. Others are second factors only.
  discoverable boolean not null,
  backed_up boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz,
  primary key (tenant_id, passkey_id),
  unique (tenant_id, credential_id),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
create index on identity.passkeys (tenant_id, subject_id);
select platform.tenant_table('identity.passkeys', 'select, insert, update, delete');

-- What an authenticator has to sign: one use, five minutes, bound to the log-in or the session that asked (`bound_hash`).
create table identity.challenges (
  tenant_id uuid not null,
  purpose text not null check (purpose in ('log-in', 'enrol', 'proof')),
  bound_hash bytea not null,
  challenge text not null,
  expires_at timestamptz not null,
  primary key (tenant_id, purpose, bound_hash)
);
create index on identity.challenges (expires_at);
select platform.tenant_table('identity.challenges', 'select, insert, update, delete');
