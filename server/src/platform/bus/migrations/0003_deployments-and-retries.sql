-- What a cursor has to know so that versions of a group can live side by side, and what an event put aside has to know to be tried again.

-- The tables of a module, made by the function of 0002; this file's additions follow.
alter function bus.module_tables() rename to module_tables_0002;

create function bus.module_tables_0003(module text) returns void language plpgsql as $$
begin
  -- `types`: for each event type that was ever wanted, null while it has been handled up to the cursor's position, else the position up to which it
  -- has. `holder_…`: version and types of the subscription that moves the cursor; null before the first. `challenged_at`: since when a process
  -- with an older one has been waiting for a sign of life from it. `halted_at`: most of a batch failed; nothing is moved until it no longer does.
  execute format('alter table %I.inbox_cursors
    add column types jsonb not null default ''{}'',
    add column holder_version integer,
    add column holder_types text[],
    add column challenged_at timestamptz,
    add column halted_at timestamptz,
    add column halt_error text', module);
  -- `retrying`: put aside and tried again beside the line, at `retry_at`.
  execute format('alter table %I.inbox_dead_letters
    drop constraint inbox_dead_letters_reason_check,
    add constraint inbox_dead_letters_reason_check check (reason in (''failed'', ''parked'', ''retrying'')),
    add column retry_at timestamptz', module);
  execute format('create index on %I.inbox_dead_letters (group_name, retry_at) where retry_at is not null', module);
end $$;

create function bus.module_tables() returns void language plpgsql as $$
begin
  perform bus.module_tables_0002();
  perform bus.module_tables_0003(current_setting('platform.module'));
end $$;

do $$
declare
  module text;
begin
  for module in select name from bus.modules order by name loop
    perform bus.module_tables_0003(module);
  end loop;
end $$;
