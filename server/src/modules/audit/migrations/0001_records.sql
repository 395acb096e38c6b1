-- Who did what, when: one row for every event of the log, added and never changed. The module's roles hold no right to update or
-- delete, and a trigger refuses both to everyone else, the owner of the table included.
create table audit.records (
  tenant_id uuid not null,
  -- Place of the event in the log: the order of the trail.
  position bigint not null,
  event_id uuid not null,
  at timestamptz not null,
  recorded_at timestamptz not null default now(),
  actor_kind text not null,
  actor_id text not null,
  -- What kind of thing was touched (`ledger.entry`), which one, and what happened to it (`posted`).
  entity text not null,
  entity_key text not null,
  action text not null,
  event_type text not null,
  subject_id text,
  trace_id text,
  data jsonb not null,
  primary key (tenant_id, position)
);
-- The same event is recorded once, whatever position it is delivered at.
create unique index on audit.records (tenant_id, event_id);
create index on audit.records (tenant_id, entity, entity_key, position);
create index on audit.records (tenant_id, actor_id, position);
select platform.tenant_table('audit.records', 'select, insert');

create function audit.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'audit records are never changed or removed' using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete on audit.records for each row execute function audit.refuse_change();
create trigger append_only_truncate before truncate on audit.records for each statement execute function audit.refuse_change();

select bus.module_tables();
