-- Who did what, when: one row for every event of the log, added and never changed. The module's roles hold no right to update or
-- delete, and a trigger refuses both to everyone else, the owner of the table included.
create table audit.records (
  tenant_id uuid not null,
  -- Place of the event in the log: the order of the trail.
  position bigint not null,
  event_id uuid not null,
  at timestamptz not null,
  -- Order and time of appending. A record put back in line later takes its position in the past, but its seq at the end.
  seq bigint not null,
  recorded_at timestamptz not null,
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
  -- SHA-256 of the canonical line (domain/line.ts): the leaf of the chain and of the day's tree.
  hash bytea not null,
  primary key (tenant_id, position)
);
create unique index on audit.records (tenant_id, seq);
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

-- The chain over the records in order of seq: each batch's hash is over the one before and the leaves appended together.
create table audit.batches (
  tenant_id uuid not null,
  batch bigint not null,
  first_seq bigint not null,
  last_seq bigint not null,
  recorded_at timestamptz not null,
  hash bytea not null,
  primary key (tenant_id, batch)
);
select platform.tenant_table('audit.batches', 'select, insert');
create trigger append_only before update or delete on audit.batches for each row execute function audit.refuse_change();
create trigger append_only_truncate before truncate on audit.batches for each statement execute function audit.refuse_change();

-- Where each tenant's chain ends; its row lock makes those who append take turns.
create table audit.heads (
  tenant_id uuid primary key,
  batch bigint not null,
  seq bigint not null,
  recorded_at timestamptz not null,
  hash bytea not null
) with (fillfactor = 20);
select platform.tenant_table('audit.heads', 'select, insert, update');

select platform.proof_tables();
select bus.module_tables();
