-- What has to be done every so often, or daily at a time, by one of many processes. Jobs belong to the installation and see to all tenants, so their rows have
-- none. Names, schedules and dues are plain data: what is due while nothing runs is done once when something does.
create table jobs.jobs (
  name text primary key check (name ~ '^[a-z][a-z_]{0,40}\.[a-z][a-z0-9-]{0,60}$'),
  -- As the newest process that knows the job wrote it; another one moves the due time.
  schedule text not null,
  due_at timestamptz not null,
  -- Run now, said an operator: also when a run that began before is still under way.
  asked_at timestamptz,
  lease uuid,
  leased_until timestamptz,
  owner text,
  started_at timestamptz,
  -- The last run that ended. `failures`: how many in a row until then.
  ended_at timestamptz,
  took_ms bigint,
  outcome text check (outcome in ('done', 'failed', 'given-back')),
  error text,
  succeeded_at timestamptz,
  failures integer not null default 0,
  runs bigint not null default 0
) with (fillfactor = 50);

select platform.module_table('jobs.jobs', 'select, insert, update, delete');
