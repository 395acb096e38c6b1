-- What was asked about is not what was spent: payments that ended without money moving (declined, refused, given up, failed), from the
-- payments' events. A decision about one of these is an attempt and counts in no sum.
create table risk.ended_payments (
  tenant_id uuid not null,
  payment_id text not null,
  subject_id uuid not null,
  status text not null check (status in ('declined', 'failed')),
  ended_at timestamptz not null,
  primary key (tenant_id, payment_id)
);
select platform.tenant_table('risk.ended_payments', 'select, insert');

-- How many decisions were made about a person. Raised in the commit of each decision, so that its row makes two decisions about one person
-- follow each other: whoever reads their past under one number and finds another when writing has not seen all of it, and reads again.
create table risk.subjects (
  tenant_id uuid not null,
  subject_id uuid not null,
  decisions bigint not null,
  primary key (tenant_id, subject_id)
) with (fillfactor = 70);
select platform.tenant_table('risk.subjects', 'select, insert, update');
