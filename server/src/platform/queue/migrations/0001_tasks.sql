-- Work to be done once by any one of many processes. A module puts a task into its own transaction; whoever takes it holds a lease.

-- `due_at` says when a task may be taken, and nothing else does: a delay, the pause before another try and the lease of whoever works on it are all
-- the same to those who look for work. `lease` is a token that only the present holder has; `again`: the task was put once more by its key while
-- somebody worked on it. Updates are frequent, so pages keep room for them.
create table queue.tasks (
  id uuid primary key,
  tenant_id uuid not null,
  queue text not null check (queue ~ '^[a-z][a-z_]{0,40}\.[a-z][a-z0-9-]{0,60}$'),
  unique_key text check (length(unique_key) between 1 and 200),
  payload jsonb not null,
  due_at timestamptz not null,
  lease uuid,
  attempts integer not null default 0,
  again boolean not null default false,
  error text,
  traceparent text,
  created_at timestamptz not null default now()
) with (fillfactor = 70);
-- The first is how tenants take turns: from one tenant's oldest to the next tenant's, however many the one has. The second is what comes next.
create index on queue.tasks (queue, tenant_id, due_at);
create index on queue.tasks (queue, due_at);
create unique index tasks_key on queue.tasks (tenant_id, queue, unique_key) where unique_key is not null;

-- Tasks that failed as often as they may, until an operator puts them back.
create table queue.dead_tasks (
  id uuid primary key,
  tenant_id uuid not null,
  queue text not null,
  unique_key text,
  payload jsonb not null,
  attempts integer not null,
  error text,
  traceparent text,
  created_at timestamptz not null,
  died_at timestamptz not null default now()
);
create index on queue.dead_tasks (queue, died_at);

select platform.tenant_table('queue.tasks', 'select, insert, update, delete');
select platform.tenant_table('queue.dead_tasks', 'select, insert, delete');

-- Every module reaches the tasks of its own queues, whose names begin with the module's, and of the tenants of its transaction; its system role those
-- of all tenants. A role that is no module sees nothing. The grant is to all, so that a module needs no migration of its own for its first queue.
grant usage on schema queue to public;
grant select, insert, update, delete on queue.tasks to public;
create policy own_of_tenant on queue.tasks
  using (starts_with(queue, current_user || '.') and tenant_id = any((select nullif(current_setting('app.tenants', true), '')::uuid[])::uuid[]))
  with check (starts_with(queue, current_user || '.') and tenant_id = any((select nullif(current_setting('app.tenants', true), '')::uuid[])::uuid[]));
create policy own_of_system on queue.tasks
  using (current_user like '%\_system' and starts_with(queue, left(current_user, -length('_system')) || '.'))
  with check (current_user like '%\_system' and starts_with(queue, left(current_user, -length('_system')) || '.'));
