-- A return that the provider refused is decided by a person: sent again under a new id, or kept. Kept: it stays in our books as owed.
alter table payments.receipts
  drop constraint receipts_status_check,
  add constraint receipts_status_check check (status in ('announced', 'matched', 'credited', 'unmatched', 'mismatched',
    'returning', 'set-aside', 'return-unknown', 'sent-back', 'returned', 'return-refused', 'kept')),
  drop constraint receipts_return_named,
  add constraint receipts_return_named check (
    return_id is not null
    or status not in ('returning', 'set-aside', 'return-unknown', 'sent-back', 'returned', 'return-refused', 'kept'));
create index receipts_standing on payments.receipts (tenant_id, status_since, id) where status not in ('credited', 'returned', 'kept');
-- A process of the version before looks without it for a while.
drop index payments.receipts_under_way;
