-- What a person tried to pay and did not: a list of its own beside the ledger's lines.
create index payments_failed on payments.payments (tenant_id, subject_id, created_at desc, id desc) where status in ('declined', 'failed');
