-- Guessing is counted by person, whatever name they are called by; a browser that has been logged in before has a counter of its own, so that
-- strangers cannot keep its owner out. `login` stays for names that belong to nobody.
alter table identity.login_attempts
  drop constraint login_attempts_kind_check,
  add constraint login_attempts_kind_check check (kind in ('login', 'subject', 'device', 'address', 'sign-up'));

-- What a person is told after a log-in: when the one before was, and what was tried in their name since.
create table identity.sign_ins (
  tenant_id uuid not null,
  subject_id uuid not null,
  last_at timestamptz,
  failures integer not null default 0,
  blocked_at timestamptz,
  -- As they were when the last log-in began.
  before_at timestamptz,
  before_failures integer not null default 0,
  before_blocked_at timestamptz,
  primary key (tenant_id, subject_id),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
select platform.tenant_table('identity.sign_ins', 'select, insert, update');

-- A client that is disabled gets no token, and those it has stop counting (a revocation of kind `client`).
alter table identity.clients add column disabled_at timestamptz;
alter table identity.revocations
  drop constraint revocations_kind_check,
  add constraint revocations_kind_check check (kind in ('grant', 'token', 'subject', 'client'));
