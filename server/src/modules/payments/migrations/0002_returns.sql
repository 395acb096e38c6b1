-- Money whose credit the ledger refused for good goes back to its payer.
-- returning: to be set aside in our books. set-aside: to be sent back. return-unknown: sent, or perhaps not; only the provider can tell.
-- sent-back: it went, our books follow. returned: over. return-refused: the provider will not take it back; it stays for people to resolve.
alter table payments.receipts
  drop constraint receipts_status_check,
  add constraint receipts_status_check check (status in ('announced', 'matched', 'credited', 'unmatched', 'mismatched',
    'returning', 'set-aside', 'return-unknown', 'sent-back', 'returned', 'return-refused')),
  -- The ledger's code for not taking the credit, and the provider's for not taking the return.
  add column credit_refusal text,
  add column return_refusal text,
  -- Written before anything is sent, so that whoever sends again sends the same return.
  add column return_id text unique,
  -- When the provider executed the return.
  add column returned_at timestamptz,
  add constraint receipts_return_named check (
    return_id is not null
    or status not in ('returning', 'set-aside', 'return-unknown', 'sent-back', 'returned', 'return-refused'));
create index on payments.receipts (returned_at) where returned_at is not null;
