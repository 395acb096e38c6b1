-- A secret of one-time codes (RFC 6238), sealed under the person's key: `pending` until a code has confirmed it. A code's step counts once:
-- what is not later than `last_step` is refused.
create table identity.totp_secrets (
  tenant_id uuid not null,
  subject_id uuid not null,
  state text not null check (state in ('pending', 'active')),
  secret_sealed bytea not null,
  last_step bigint not null default 0,
  created_at timestamptz not null,
  primary key (tenant_id, subject_id, state),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
select platform.tenant_table('identity.totp_secrets', 'select, insert, update, delete');

-- Codes for whoever has lost the rest, as keyed hashes; each opens once.
create table identity.recovery_codes (
  tenant_id uuid not null,
  subject_id uuid not null,
  code_hash bytea not null,
  created_at timestamptz not null,
  used_at timestamptz,
  primary key (tenant_id, subject_id, code_hash),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
select platform.tenant_table('identity.recovery_codes', 'select, insert, update, delete');

-- Log-ins that wait for a second factor: the state is here and not in the browser. Named by the hash of the log-in under way, whose cookie
-- the browser has.
create table identity.log_ins (
  tenant_id uuid not null,
  uid_hash bytea not null,
  subject_id uuid not null,
  expires_at timestamptz not null,
  primary key (tenant_id, uid_hash)
);
create index on identity.log_ins (subject_id);
create index on identity.log_ins (expires_at);
select platform.tenant_table('identity.log_ins', 'select, insert, update, delete');
