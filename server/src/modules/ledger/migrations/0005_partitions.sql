-- Making a month's partitions never waits long for a reader (a dump keeps a lock on every table for as long as it takes): transfers would wait behind it.
alter function ledger.make_partitions(date, integer) set lock_timeout = '250ms';

-- Rows of months whose partition was missing lie in the default ones: whoever keeps partitions ready says so. It learns which have any, and
-- nothing else: past its table a part has no row-level security, and so nobody may read it there.
create function ledger.filled_default_partitions() returns setof text
language sql stable security definer set search_path = pg_catalog as $$
  select 'transfers_rest' where exists (select from ledger.transfers_rest)
  union all select 'entries_rest' where exists (select from ledger.entries_rest)
  union all select 'directives_rest' where exists (select from ledger.directives_rest)
$$;
revoke all on function ledger.filled_default_partitions() from public;
grant execute on function ledger.filled_default_partitions() to ledger_system;

-- 0003_checker.sql and 0003_reads.sql made the same index.
drop index ledger.commands_tenant_id_batch_idx;
