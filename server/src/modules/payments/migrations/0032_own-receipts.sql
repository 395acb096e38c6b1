-- lastro: outside a transaction
-- What a person received is read by whose it is, page by page, when they ask for all that is kept of them.
create index concurrently if not exists receipts_own on payments.receipts (tenant_id, subject_id, id) where subject_id is not null;
