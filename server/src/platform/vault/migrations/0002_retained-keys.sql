-- Where law makes data stay after erasure, the person's key moves here, wrapped by a key of its own: nothing of the house opens with it any more, until
-- its day has come only those who are let (module privacy), and afterwards nobody. The row stays, to show that there was one and when it ended.
create table vault.retained_keys (
  tenant_id uuid not null,
  subject_id uuid not null,
  wrapped_key bytea,
  retained_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (tenant_id, subject_id),
  check ((wrapped_key is null) = (ended_at is not null))
);
select platform.tenant_table('vault.retained_keys', 'select, insert, update');
