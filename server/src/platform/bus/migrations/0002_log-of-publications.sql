-- The log keeps publications as they were made, hundreds of events a row, and no longer an event a row: moving them is then copying a
-- text, where taking it apart had cost more than writing what the events are about. An event's position is its row's first position and
-- its place in the row, so positions stay what they were.

create temporary table kept on commit drop as
select position, recorded_at, source, tenant_id, type,
  json_build_array(json_build_array(id, type, key, subject_id, actor_kind, actor_id,
    to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), traceparent, data))::text as body
from bus.log;
drop table bus.log;

create table bus.log (
  first_position bigint not null,
  last_position bigint not null,
  recorded_at timestamptz not null,
  source text not null,
  tenant_id uuid not null,
  -- What types there are in it, so that a reader who wants others leaves the text alone; '*' says: look and see.
  types text[] not null,
  -- A JSON array with one array an event (bus/outbox.ts). Neither parsed here nor compressed: it is copied.
  body text storage external not null,
  primary key (last_position, recorded_at),
  check (first_position <= last_position)
) partition by range (recorded_at);
create table bus.log_default partition of bus.log default;
grant select on bus.log to bus_system;
select bus.create_log_partitions(3);
insert into bus.log (first_position, last_position, recorded_at, source, tenant_id, types, body)
select position, position, recorded_at, source, tenant_id, array[type], body from kept;

-- An event a row, for people. Takes every text apart that its conditions do not rule out by row: name a range of last_position or recorded_at.
create view bus.events with (security_invoker = true) as
select l.first_position + e.place - 1 as position, l.last_position, l.recorded_at, (e.event->>0)::uuid as id, e.event->>1 as type, l.source, l.tenant_id,
  e.event->>2 as key, e.event->>3 as subject_id, e.event->>4 as actor_kind, e.event->>5 as actor_id, (e.event->>6)::timestamptz as time,
  e.event->>7 as traceparent, e.event->8 as data
from bus.log l cross join lateral jsonb_array_elements(l.body::jsonb) with ordinality e (event, place);
grant select on bus.events to bus_system;

-- The same function with two things new: outboxes say what types a row has, and the systems may read and write the new log.
create or replace function bus.module_tables() returns void language plpgsql as $$
declare
  module text := current_setting('platform.module');
  system text := module || '_system';
begin
  -- What the module has published and no relay has moved yet: a row holds the events of one publication, in order, as the log will keep
  -- them. The numbers only order rows that are visible together.
  execute format('create table %I.outbox (
    seq bigint generated always as identity primary key,
    tenant_id uuid not null,
    events integer not null check (events > 0),
    types text[] not null,
    body text storage external not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_insert_threshold = -1,
    toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 20000,
    toast.autovacuum_vacuum_insert_threshold = -1)', module);
  perform platform.tenant_table(format('%I.outbox', module)::regclass, 'insert');
  execute format('grant select, delete on %I.outbox to %I', module, system);

  -- The same, an event a row, for people who look what waits. With the rights of who asks.
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

do $$
declare
  module text;
begin
  for module in select name from bus.modules loop
    execute format('alter table %I.outbox add column types text[] not null default ''{*}''', module);
    execute format('alter table %I.outbox alter column types drop default', module);
    execute format('grant select, insert on bus.log to %I', module || '_system');
  end loop;
end $$;

-- Moves committed publications of a module, in outbox rows numbered above `after_seq` and up to `upto_seq`, into the log, gives their events
-- positions and tells listeners once: rows until `max_events` events are reached, the last one whole. Answers how many events and the
-- last number, or -1 when another process is at it. Runs with the rights of `<module>_system`. The range is for speed only: rows
-- deleted while a long snapshot is open (a dump) stay in the index.
create or replace function bus.relay(
  module text, max_events integer, after_seq bigint default 0, upto_seq bigint default 9223372036854775807,
  out moved integer, out last_seq bigint
) language plpgsql as $$
declare
  wanted bigint[];
  befores bigint[];
  total bigint;
  base bigint;
  instant timestamptz;
begin
  moved := -1;
  if not pg_try_advisory_xact_lock(hashtextextended('lastro.bus.relay.' || module, 0)) then return; end if;
  moved := 0;
  execute format('
    select array_agg(seq order by seq), array_agg(before order by seq), sum(events) from (
      select seq, events, (sum(events) over (order by seq) - events)::bigint as before
      from (select seq, events from %I.outbox where seq > $1 and seq <= $2 order by seq limit $3) waiting
    ) counted where before < $3', module)
    into wanted, befores, total using after_seq, upto_seq, max_events;
  if wanted is null then return; end if;
  -- From here to the commit nobody else gives out positions.
  select position, greatest(recorded_at, clock_timestamp()) into base, instant from bus.head for update;
  execute format('
    insert into bus.log (first_position, last_position, recorded_at, source, tenant_id, types, body)
    select $1 + w.before + 1, $1 + w.before + o.events, $2, $3, o.tenant_id, o.types, o.body
    from unnest($4, $5) w (seq, before) join %I.outbox o on o.seq = w.seq', module)
    using base, instant, '/lastro/' || module, wanted, befores;
  execute format('delete from %I.outbox where seq = any ($1)', module) using wanted;
  moved := total;
  last_seq := wanted[array_length(wanted, 1)];
  update bus.head set position = base + moved, recorded_at = instant;
  perform pg_notify('lastro_log', (base + moved)::text);
end $$;
