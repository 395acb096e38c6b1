-- The event log, and the tables each module needs to write to it and to read from it.

-- Every event of the installation, kept for ever. `position` is plain data given by the relay under the lock of bus.head: gapless,
-- and in the order in which transactions become visible to readers. A serial number is not (a reader would skip what commits
-- late), a transaction id begins again in another cluster. `recorded_at` never goes back as positions grow, so that a reader
-- who knows the time of the last event it saw only touches the partitions from there on.
create table bus.log (
  position bigint not null,
  recorded_at timestamptz not null,
  id uuid not null,
  type text not null,
  source text not null,
  tenant_id uuid not null,
  key text not null,
  subject_id text,
  actor_kind text not null,
  actor_id text not null,
  time timestamptz not null,
  traceparent text,
  data jsonb not null,
  primary key (position, recorded_at)
) partition by range (recorded_at);

-- Catches what no month takes (the janitor did not run, an old dump is restored): delivery never stops for want of a partition.
create table bus.log_default partition of bus.log default;

-- One row. Its lock makes all relays of the installation take turns, and that is what makes positions readers' order.
create table bus.head (
  only_row boolean primary key default true check (only_row),
  position bigint not null,
  recorded_at timestamptz not null
) with (fillfactor = 50);
insert into bus.head (position, recorded_at) values (0, 'epoch');

-- Modules that have an outbox and an inbox.
create table bus.modules (name text primary key);

grant select on bus.log, bus.head, bus.modules to bus_system;

-- Makes the monthly partitions (in UTC) of this month and of the months ahead; answers how many were missing. Rows of such a month
-- that had fallen into the default partition move over. Runs as the owner of the tables, since the application owns none.
create function bus.create_log_partitions(months_ahead integer) returns integer
language plpgsql security definer set search_path = '' set timezone = 'UTC' as $$
declare
  month timestamptz;
  name text;
  made integer := 0;
begin
  if months_ahead not between 0 and 120 then raise exception 'months_ahead is between 0 and 120'; end if;
  for ahead in 0 .. months_ahead loop
    month := date_trunc('month', now()) + make_interval(months => ahead);
    name := 'log_' || to_char(month, 'YYYY_MM');
    continue when to_regclass('bus.' || name) is not null;
    -- The relays' lock first: they hold it when they touch the log, so there is no deadlock, and two janitors take turns.
    perform from bus.head for update;
    continue when to_regclass('bus.' || name) is not null;
    execute format('create table bus.%I (like bus.log including all)', name);
    execute format(
      'with fallen as (delete from bus.log_default where recorded_at >= %L and recorded_at < %L returning *) insert into bus.%I select * from fallen',
      month, month + interval '1 month', name);
    execute format('alter table bus.log attach partition bus.%I for values from (%L) to (%L)',
      name, month, month + interval '1 month');
    made := made + 1;
  end loop;
  return made;
end $$;
revoke execute on function bus.create_log_partitions(integer) from public;
grant execute on function bus.create_log_partitions(integer) to bus_system;

-- Called by the first migration of each module that publishes or consumes events.
create function bus.module_tables() returns void language plpgsql as $$
declare
  module text := current_setting('platform.module');
  system text := module || '_system';
begin
  -- What the module has published and no relay has moved yet: a row holds the events of one publication, in order, as the text of a JSON
  -- array with one array an event (see bus/outbox.ts). Written once and read once, so it is neither parsed here nor compressed. The
  -- numbers only order rows that are visible together.
  execute format('create table %I.outbox (
    seq bigint generated always as identity primary key,
    tenant_id uuid not null,
    events integer not null check (events > 0),
    body text storage external not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_threshold = -1,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 20000,
    toast.autovacuum_vacuum_insert_threshold = -1)', module);
  perform platform.tenant_table(format('%I.outbox', module)::regclass, 'insert');
  execute format('grant select, delete on %I.outbox to %I', module, system);

  -- The same, an event a row: for the relay, and for people who look what waits. With the rights of who asks.
  execute format('create view %1$I.outbox_events with (security_invoker = true) as
    select o.seq, e.place, (e.event->>0)::uuid as id, e.event->>1 as type, o.tenant_id, e.event->>2 as key, e.event->>3 as subject_id,
      e.event->>4 as actor_kind, e.event->>5 as actor_id, (e.event->>6)::timestamptz as time, e.event->>7 as traceparent, e.event->8 as data
    from %1$I.outbox o cross join lateral jsonb_array_elements(o.body::jsonb) with ordinality e (event, place)', module);

  -- How far each consumer group has come. Moved in the transaction of the effect: that makes the effect happen once.
  execute format('create table %I.inbox_cursors (
    group_name text primary key,
    position bigint not null default 0 check (position >= 0),
    paused boolean not null default false,
    updated_at timestamptz not null default now()
  ) with (fillfactor = 50)', module);
  perform platform.module_table(format('%I.inbox_cursors', module)::regclass, 'select, insert, update');

  -- Events a group could not handle (failed), and those of the same key that wait behind them (parked). Content stays in the log.
  execute format('create table %I.inbox_dead_letters (
    group_name text not null,
    position bigint not null,
    tenant_id uuid not null,
    key text not null,
    event_id uuid not null,
    type text not null,
    reason text not null check (reason in (''failed'', ''parked'')),
    error text,
    attempts integer not null,
    redrive boolean not null default false,
    created_at timestamptz not null,
    primary key (group_name, position)
  )', module);
  execute format('create index on %I.inbox_dead_letters (group_name, tenant_id, key)', module);
  execute format('create index on %I.inbox_dead_letters (group_name, position) where redrive', module);
  perform platform.tenant_table(format('%I.inbox_dead_letters', module)::regclass, 'select, insert, update, delete');

  -- The module's own jobs relay and read; handlers, under the module's role, do not see the log.
  execute format('grant usage on schema bus to %I', system);
  execute format('grant select on %I.outbox_events to %I', module, system);
  execute format('grant select, insert on bus.log to %I', system);
  execute format('grant select, update on bus.head to %I', system);
  execute format('grant execute on function bus.relay(text, integer, bigint, bigint) to %I', system);

  -- Operations on groups (status, pause, rewind, redrive) reach these two tables of every module, and nothing else of it.
  execute format('grant usage on schema %I to bus_system', module);
  execute format('grant select, update on %I.inbox_cursors to bus_system', module);
  execute format('grant select, update, delete on %I.inbox_dead_letters to bus_system', module);
  execute format('create policy bus on %I.inbox_dead_letters to bus_system using (true) with check (true)', module);
  insert into bus.modules (name) values (module);
end $$;
revoke execute on function bus.module_tables() from public;

-- Moves committed events of a module, in outbox rows numbered above `after_seq` and up to `upto_seq`, into the log, gives them their
-- positions and tells listeners once: rows until `max_events` events are reached, the last one whole. Answers how many events and the
-- last number, or -1 when another process is at it. Runs with the rights of `<module>_system`. The range is for speed only: rows
-- deleted while a long snapshot is open (a dump) stay in the index.
create function bus.relay(
  module text, max_events integer, after_seq bigint default 0, upto_seq bigint default 9223372036854775807,
  out moved integer, out last_seq bigint
) language plpgsql as $$
declare
  wanted bigint[];
  base bigint;
  instant timestamptz;
begin
  moved := -1;
  if not pg_try_advisory_xact_lock(hashtextextended('lastro.bus.relay.' || module, 0)) then return; end if;
  moved := 0;
  execute format('
    select array_agg(seq order by seq) from (
      select seq, sum(events) over (order by seq) - events as before
      from (select seq, events from %I.outbox where seq > $1 and seq <= $2 order by seq limit $3) waiting
    ) counted where before < $3', module)
    into wanted using after_seq, upto_seq, max_events;
  if wanted is null then return; end if;
  -- From here to the commit nobody else gives out positions.
  select position, greatest(recorded_at, clock_timestamp()) into base, instant from bus.head for update;
  execute format('
    insert into bus.log (position, recorded_at, id, type, source, tenant_id, key, subject_id, actor_kind, actor_id, time, traceparent, data)
    select $1 + row_number() over (order by seq, place), $2, id, type, $3, tenant_id, key, subject_id, actor_kind, actor_id, time, traceparent,
      data
    from %I.outbox_events where seq = any ($4)', module)
    using base, instant, '/lastro/' || module, wanted;
  get diagnostics moved = row_count;
  execute format('delete from %I.outbox where seq = any ($1)', module) using wanted;
  last_seq := wanted[array_length(wanted, 1)];
  update bus.head set position = base + moved, recorded_at = instant;
  perform pg_notify('lastro_log', (base + moved)::text);
end $$;
revoke execute on function bus.relay(text, integer, bigint, bigint) from public;

select bus.create_log_partitions(3);
