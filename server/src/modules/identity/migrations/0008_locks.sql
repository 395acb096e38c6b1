-- A person who fears for their account locks it: while this stands, and until `release_at` once they asked for it, a log-in may only see who it is.
create table identity.locks (
  tenant_id uuid not null,
  subject_id uuid not null,
  locked_at timestamptz not null,
  release_at timestamptz,
  primary key (tenant_id, subject_id),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
select platform.tenant_table('identity.locks', 'select, insert, update, delete');
