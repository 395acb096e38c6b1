-- What a person received and gave back is read by whose it is, page by page, when they ask for all that is kept of them.
create index receipts_own on payments.receipts (tenant_id, subject_id, id) where subject_id is not null;
create index devolucoes_own on payments.devolucoes (tenant_id, subject_id, id);
