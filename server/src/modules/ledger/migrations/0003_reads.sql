-- What searching and exporting need beyond the ledger's own keys. None of it is in the way of a batch but the last two, which hold a row
-- only for what is backdated, and one row a batch.

create index accounts_by_subject on ledger.accounts (tenant_id, subject_id, id) where subject_id is not null;
create index accounts_by_code on ledger.accounts (tenant_id, code, id);
create index accounts_by_asset on ledger.accounts (tenant_id, asset, id);

-- Others are found by their recording, so a search by effective date needs no more than this.
create index transfers_backdated on ledger.transfers (tenant_id, effective_at, recorded_at, seq) where effective_at <> recorded_at;

-- In which batch a place of the ledger is: where an export begins.
create index batches_by_seq on ledger.batches (tenant_id, last_seq);

-- What was refused in a batch: few, and part of its hash.
create index commands_refused on ledger.commands (tenant_id, batch) where batch is not null;
