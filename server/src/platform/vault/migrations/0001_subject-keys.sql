-- One data key a person or merchant, wrapped by the installation's master key. Destroying the row's key makes everything sealed
-- under it unreadable for ever, while append-only logs keep verifying (PRV-1).
create table vault.subject_keys (
  tenant_id uuid not null,
  subject_id uuid not null,
  wrapped_key bytea,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz,
  primary key (tenant_id, subject_id),
  check ((wrapped_key is null) = (destroyed_at is not null))
);
select platform.tenant_table('vault.subject_keys', 'select, insert, update');
