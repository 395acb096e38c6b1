-- Codes sent by mail. A code is worked out from `code_id` and a key of the installation, and stands nowhere: a dump opens nothing. `bound_hash`:
-- the log-in under way (`reset`) or the person (`email`) that may use it. What asks for a reset is by name: whose it is, if anybody's, is found
-- when the message is written, so that asking tells nothing.
create table identity.mailed_codes (
  tenant_id uuid not null,
  purpose text not null check (purpose in ('reset', 'email')),
  bound_hash bytea not null,
  code_id uuid not null,
  subject_id uuid,
  login_kind text check (login_kind in ('cpf', 'email')),
  login_hash bytea,
  language text not null check (language in ('pt', 'en')),
  failures integer not null default 0,
  expires_at timestamptz not null,
  primary key (tenant_id, purpose, bound_hash)
);
create index on identity.mailed_codes (expires_at);
select platform.tenant_table('identity.mailed_codes', 'select, insert, update, delete');

-- An address counts for anything once a code sent there came back. `language`: how the person is written to.
alter table identity.people
  add column email_verified_at timestamptz,
  add column language text not null default 'pt' check (language in ('pt', 'en'));

alter table identity.login_attempts
  drop constraint login_attempts_kind_check,
  add constraint login_attempts_kind_check
    check (kind in ('login', 'subject', 'device', 'address', 'sign-up', 'factor', 'proof', 'reset', 'email'));
