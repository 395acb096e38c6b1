-- Lanes of a group are cursors of their own, named `<group>#<nth>/<count>`. `former`: how far the lanes had come that a group had before their number was changed, while
-- that still says something: a row is a lane of the former number, with its position and its types.
alter function bus.module_tables() rename to module_tables_0003_all;

create function bus.module_tables_0006(module text) returns void language plpgsql as $$
begin
  execute format('alter table %I.inbox_cursors add column former jsonb', module);
  execute format('grant delete on %I.inbox_cursors to %I', module, module || '_system');
end $$;

create function bus.module_tables() returns void language plpgsql as $$
begin
  perform bus.module_tables_0003_all();
  perform bus.module_tables_0006(current_setting('platform.module'));
end $$;

do $$
declare
  module text;
begin
  for module in select name from bus.modules order by name loop
    perform bus.module_tables_0006(module);
  end loop;
end $$;
