-- The opening of an account is a run of platform/machine (opening/opening.ts), step by step.
select platform.machine_columns('payments.accounts');
alter table payments.accounts
  drop constraint accounts_status_check,
  -- booked: the ledger has it, the directory not yet. stuck: it did not open in time, people decide. abandoned: it never will.
  add constraint accounts_status_check check (status in ('opening', 'booked', 'open', 'stuck', 'abandoned'));
update payments.accounts set status_since = date_trunc('milliseconds', coalesce(opened_at, created_at)),
  must_end_by = case when status = 'opening' then now() + interval '1 day' end;
create index accounts_turns on payments.accounts (tenant_id, next_attempt_at) where next_attempt_at is not null;
create index accounts_for_people on payments.accounts (status_since) where status = 'stuck';
select platform.machine_steps('account_steps', 'subject_id');
