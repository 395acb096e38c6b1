-- Whose a grant, a token or a session at the issuer is, so that all of a person's can be ended at once. Rows from before have none and live
-- for half a day at the most.
alter table identity.oidc_payloads add column subject_id uuid;
create index on identity.oidc_payloads (subject_id) where subject_id is not null;

-- What happened to a person's log-in: they are shown it, so that they notice what was not their doing. Kinds only, and when.
create table identity.security_notes (
  tenant_id uuid not null,
  subject_id uuid not null,
  note_id uuid not null,
  kind text not null,
  noted_at timestamptz not null,
  primary key (tenant_id, subject_id, note_id),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
create index on identity.security_notes (noted_at);
select platform.tenant_table('identity.security_notes', 'select, insert, delete');

-- Second factors, and proofs given again within a session, are guessed at too.
alter table identity.login_attempts
  drop constraint login_attempts_kind_check,
  add constraint login_attempts_kind_check check (kind in ('login', 'subject', 'device', 'address', 'sign-up', 'factor', 'proof'));
