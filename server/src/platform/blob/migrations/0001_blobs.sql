-- Files, encrypted before they come here. Bytes are written in rows of 512 KiB, each in a transaction of its own; the row in `versions` comes last and
-- makes them visible.
create table blob.chunks (
  tenant_id uuid not null,
  version uuid not null,
  nth integer not null,
  bytes bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, version, nth)
);
-- Encrypted bytes do not compress, and parts of them are read.
alter table blob.chunks alter column bytes set storage external;
create index chunks_by_age on blob.chunks (created_at);
select platform.tenant_table('blob.chunks', 'select, insert, delete');

create table blob.versions (
  tenant_id uuid not null,
  module text not null,
  key text not null,
  version uuid not null,
  stored_bytes bigint not null,
  chunks integer not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  subject_id uuid not null,
  sealed bytea not null,
  primary key (tenant_id, module, key, version)
);
create unique index versions_by_id on blob.versions (tenant_id, version);
create index versions_to_expire on blob.versions (expires_at) where expires_at is not null;
select platform.tenant_table('blob.versions', 'select, insert, delete');
