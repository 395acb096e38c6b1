-- Browsers that people log in with. `key_hash`: of the id in the browser's own cookie and the person; `agent_sealed`: what the person knows it by. Until
-- `known_since` it is new, and what leaves by it is little.
create table identity.devices (
  tenant_id uuid not null,
  device_id uuid not null,
  subject_id uuid not null,
  key_hash bytea not null,
  agent_sealed bytea not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  known_since timestamptz,
  known_by text check (known_by in ('sign-up', 'before', 'log-in', 'proof', 'mail')),
  primary key (tenant_id, device_id),
  unique (tenant_id, subject_id, key_hash),
  check ((known_since is null) = (known_by is null)),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
create index on identity.devices (last_seen_at);
select platform.tenant_table('identity.devices', 'select, insert, update, delete');

-- In which browser a log-in was made. `grant_hash`: of its grant, as the issuer's rows have it.
create table identity.device_grants (
  tenant_id uuid not null,
  grant_hash bytea not null,
  device_id uuid not null,
  expires_at timestamptz not null,
  primary key (tenant_id, grant_hash),
  foreign key (tenant_id, device_id) references identity.devices (tenant_id, device_id) on delete cascade
);
create index on identity.device_grants (tenant_id, device_id);
create index on identity.device_grants (expires_at);
select platform.tenant_table('identity.device_grants', 'select, insert, delete');

-- What somebody is asked to prove once more before money moves. `binding`: hash of what is to be done, amount and payee and key of the request. `log_in_at`:
-- of the log-in that was made for it, which counts for one.
create table identity.payment_proofs (
  tenant_id uuid not null,
  subject_id uuid not null,
  binding bytea not null,
  grant_hash bytea not null,
  asked_at timestamptz not null,
  proved_at timestamptz,
  proved_by text check (proved_by in ('password', 'totp', 'passkey', 'log-in')),
  log_in_at timestamptz,
  expires_at timestamptz not null,
  primary key (tenant_id, subject_id, binding),
  unique (tenant_id, subject_id, log_in_at),
  check ((proved_at is null) = (proved_by is null)),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
create index on identity.payment_proofs (expires_at);
select platform.tenant_table('identity.payment_proofs', 'select, insert, update, delete');

-- From when on a factor makes browsers known; null: from its beginning. One that was given in a browser that was new itself waits.
alter table identity.totp_secrets add column counts_from timestamptz;
alter table identity.passkeys add column counts_from timestamptz;

alter table identity.challenges
  drop constraint challenges_purpose_check,
  add constraint challenges_purpose_check check (purpose in ('log-in', 'enrol', 'proof', 'payment'));
alter table identity.mailed_codes
  drop constraint mailed_codes_purpose_check,
  add constraint mailed_codes_purpose_check check (purpose in ('reset', 'email', 'device'));
