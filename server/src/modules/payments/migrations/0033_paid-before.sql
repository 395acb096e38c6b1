-- lastro: outside a transaction
-- Whether somebody was paid before is asked when much is paid.
create index concurrently if not exists payments_paid_before on payments.payments (tenant_id, subject_id, payee_hash) where status = 'settled';
