-- How far each way out of the log has carried. `token` is the fencing token of the lock under which it was moved: an older holder moves nothing any more.
create table bridge.cursors (
  name text primary key,
  position bigint not null,
  token bigint not null,
  updated_at timestamptz not null default now()
);
select platform.module_table('bridge.cursors', 'select, insert, update');

-- What a module was brought: the last event of each key, written in the transaction of its effect. A broker delivers again what it is not sure of, and members of a group
-- may hold one key at the same moment: the row is what makes the effect happen once. Order within a key makes one position enough.
create function bridge.module_tables() returns void language plpgsql as $$
declare
  module text := current_setting('platform.module');
begin
  execute format('create table %I.bridge_marks (
    tenant_id uuid not null,
    group_name text not null,
    key text not null,
    position bigint not null,
    updated_at timestamptz not null default now(),
    primary key (tenant_id, group_name, key)
  )', module);
  perform platform.tenant_table(format('%I.bridge_marks', module)::regclass, 'select, insert, update');
end $$;
