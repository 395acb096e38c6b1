-- Arrivals are runs of platform/machine (incoming/receipt.ts).
select platform.machine_columns('payments.receipts');
create index receipts_turns on payments.receipts (tenant_id, next_attempt_at) where next_attempt_at is not null;
alter table payments.receipt_steps add column input jsonb not null default '{}';
