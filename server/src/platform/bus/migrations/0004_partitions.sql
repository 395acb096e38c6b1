-- Making a month's partition never waits long for a reader: what waits for its lock makes everybody else wait behind it. `bus.head` is not locked
-- any more either, so that relays go on meanwhile: two janitors take turns by the lock on the default partition, and a relay that just then writes
-- into it is refused and tries again.
create or replace function bus.create_log_partitions(months_ahead integer) returns integer
language plpgsql security definer set search_path = '' set timezone = 'UTC' set lock_timeout = '250ms' as $$
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
    lock table bus.log in share update exclusive mode;
    lock table bus.log_default in access exclusive mode;
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

-- Whoever keeps partitions ready says when some were missing.
grant select on bus.log_default to bus_system;
