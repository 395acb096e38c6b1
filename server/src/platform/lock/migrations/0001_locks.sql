-- Who holds what, and until when by the database's clock. A row is there while its lock is held; tokens come from one sequence, so that they grow for
-- every name also after its row was gone.
create sequence lock.tokens;
grant usage on sequence lock.tokens to lock, lock_system;

create table lock.locks (
  name text collate "C" primary key,
  token bigint not null,
  expires_at timestamptz not null
);
select platform.module_table('lock.locks', 'select, insert, update, delete');
