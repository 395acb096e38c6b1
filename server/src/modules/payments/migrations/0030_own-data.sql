-- What a person gave back is read by whose it is, page by page, when they ask for all that is kept of them.
create index devolucoes_own on payments.devolucoes (tenant_id, subject_id, id);
