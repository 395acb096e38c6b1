-- Copies, counts and leases of loads: unlogged, since losing them loses nothing. Keys name what the modules want; only the role of this schema reads them,
-- and a module reaches its own keys through platform/cache alone.
create sequence cache.epochs minvalue 0;
-- Drawn once: the first invalidation is later than what was made before it.
select nextval('cache.epochs');
grant select, usage on sequence cache.epochs to cache, cache_system;

create unlogged table cache.entries (
  key text collate "C" primary key,
  text text not null,
  tags text[] not null,
  epoch bigint not null,
  expires_at timestamptz not null
);
create index entries_to_expire on cache.entries (expires_at);
select platform.module_table('cache.entries', 'select, insert, update, delete');

create unlogged table cache.invalidated (
  tag text collate "C" primary key,
  epoch bigint not null,
  at timestamptz not null
);
select platform.module_table('cache.invalidated', 'select, insert, update, delete');

create unlogged table cache.loads (
  key text collate "C" primary key,
  holder uuid not null,
  expires_at timestamptz not null
);
select platform.module_table('cache.loads', 'select, insert, update, delete');

create unlogged table cache.counts (
  key text collate "C" primary key,
  count bigint not null,
  ends_at timestamptz not null
);
create index counts_to_end on cache.counts (ends_at);
select platform.module_table('cache.counts', 'select, insert, update, delete');
