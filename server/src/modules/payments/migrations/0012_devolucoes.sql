-- A Pix that its receiver gives back, whole or in part: a run of platform/machine each (devolucao/devolucao.ts).
create table payments.devolucoes (
  tenant_id uuid not null,
  id uuid not null,
  status text not null check (status in ('created', 'held', 'unknown', 'executed', 'rejected', 'stuck', 'unbooked', 'settled', 'failed', 'declined')),
  -- Who gives back, and from which account of the ledger.
  subject_id uuid not null,
  account_id uuid not null,
  -- What is given back: an arrival, or the payment of another customer here, whose account the money then goes to.
  route text not null check (route in ('pix', 'on-us')),
  origin_id uuid not null,
  end_to_end_id text not null,
  -- The connection that the money came by, and goes back by.
  connection text not null,
  payer_subject_id uuid,
  payer_account_id uuid,
  amount_minor numeric(38,0) not null check (amount_minor > 0),
  -- The return's own id at the provider (`D…`), made with the row: whoever sends again sends the same return.
  return_id text not null unique,
  -- Sends begun of which it is not known that they did not arrive; the one under way is among them.
  open_sends integer not null default 0,
  held_at timestamptz,
  -- When the provider executed it; on us, when it was booked.
  returned_at timestamptz,
  -- Code of why it did not happen.
  refusal text,
  -- Grows each time the end has to be booked under a new id.
  book_round integer not null default 1,
  actor_kind text not null,
  actor_id text not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  check ((route = 'on-us') = (payer_account_id is not null))
);
select platform.machine_columns('payments.devolucoes');
create index on payments.devolucoes (next_attempt_at) where next_attempt_at is not null;
create index on payments.devolucoes (tenant_id, next_attempt_at) where next_attempt_at is not null;
create index on payments.devolucoes (tenant_id, origin_id, created_at);
create index on payments.devolucoes (end_to_end_id);
create index on payments.devolucoes (returned_at) where returned_at is not null;
create index devolucoes_pending on payments.devolucoes (tenant_id, subject_id, created_at) where status not in ('settled', 'failed', 'declined');
select platform.tenant_table('payments.devolucoes', 'select, insert, update');
select platform.machine_steps('devolucao_steps', 'devolucao_id');
