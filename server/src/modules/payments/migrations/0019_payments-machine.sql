-- Payments are runs of platform/machine (domain/paying.ts). What a process of the version before inserts begins with version 1, as all did.
select platform.machine_columns('payments.payments');
create index payments_turns on payments.payments (tenant_id, next_attempt_at) where next_attempt_at is not null;
-- Who caused a step, and a person's words; until now, and by a process of the version before, they stand in its input.
alter table payments.steps
  add column actor_kind text not null default 'system',
  add column actor_id text not null default 'payments',
  add column reason text;
