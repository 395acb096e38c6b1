-- The ledger. Accounts, commands, transfers, directives, entries, hold resolutions and batches are append-only: the module's roles
-- may read and add, never change or remove. What may change is one row a tenant (heads), the chart of accounts, and projections
-- (open_holds, account_states, tags), each of which can be made again from what is append-only.

create table ledger.accounts (
  tenant_id uuid not null,
  id uuid not null,
  code text not null check (length(code) between 1 and 60),
  asset text not null check (asset ~ '^[A-Z0-9]{3,12}$'),
  normal_side text not null check (normal_side in ('debit', 'credit')),
  debits_must_not_exceed_credits boolean not null,
  credits_must_not_exceed_debits boolean not null,
  overdraft_limit numeric(38,0) not null default 0 check (overdraft_limit >= 0),
  subject_id uuid,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
select platform.tenant_table('ledger.accounts', 'select, insert');

-- Every command id that was ever answered, with its answer: done (its place in the ledger) or refused (an id that failed stays
-- failed). Kept apart from transfers and in one piece, so that an id costs one index seek however many months there are, and so
-- that Postgres itself refuses an id twice.
create table ledger.commands (
  tenant_id uuid not null,
  id uuid not null,
  recorded_at timestamptz not null,
  seq bigint,
  code text,
  detail text,
  -- The refused command itself, so that a repetition can be compared with it; an accepted one is its transfer.
  content jsonb,
  -- For a refused id the batch in whose hash it is; what was accepted is in the hash by its place.
  batch bigint,
  primary key (tenant_id, id),
  check ((seq is null) = (code is not null and content is not null and batch is not null))
);
select platform.tenant_table('ledger.commands', 'select, insert');

-- recorded_at never goes back within a tenant, so (recorded_at, seq) orders as seq alone does, and a monthly partition holds a
-- contiguous part of the ledger.
create table ledger.transfers (
  tenant_id uuid not null,
  recorded_at timestamptz not null,
  seq bigint not null,
  id uuid not null,
  kind text not null check (kind in ('transfer', 'hold', 'settle', 'release', 'reverse')),
  debit_account_id uuid not null,
  credit_account_id uuid not null,
  amount numeric(38,0) not null check (amount > 0),
  -- What a settle or a release takes out of pending: the whole hold.
  held numeric(38,0),
  hold_id uuid,
  reason text,
  effective_at timestamptz not null,
  expires_at timestamptz,
  metadata jsonb,
  -- The first command of the atomic block this is part of.
  block_id uuid,
  balancing text check (balancing in ('debit', 'credit', 'both')),
  -- What was asked for, where a balancing command moved less.
  requested numeric(38,0) check (requested > amount),
  reverses uuid,
  purpose text check (purpose in ('judicial', 'med')),
  reference text,
  -- SHA-256 of the canonical line (domain/record.ts): the leaf of the chain and of the day's tree.
  hash bytea not null,
  primary key (tenant_id, recorded_at, seq)
) partition by range (recorded_at);
-- How much of a movement was taken back already.
create index on ledger.transfers (tenant_id, reverses) where reverses is not null;
select platform.tenant_table('ledger.transfers', 'select, insert');

-- What changes the rules and not the balances: an account frozen, closed or given another limit, a period closed. They take their
-- places in the sequence of transfers.
create table ledger.directives (
  tenant_id uuid not null,
  recorded_at timestamptz not null,
  seq bigint not null,
  id uuid not null,
  kind text not null check (kind in ('account', 'close-period')),
  account_id uuid,
  -- blockId, state, overdraftLimitMinor, reason, until: those that apply.
  content jsonb not null,
  hash bytea not null,
  primary key (tenant_id, recorded_at, seq),
  check ((kind = 'account') = (account_id is not null))
) partition by range (recorded_at);
create index on ledger.directives (tenant_id, account_id, seq) where account_id is not null;
select platform.tenant_table('ledger.directives', 'select, insert');

-- Two rows a transfer. After-balances make the account's balance, now or at any instant, one seek of the primary key.
create table ledger.entries (
  tenant_id uuid not null,
  account_id uuid not null,
  recorded_at timestamptz not null,
  seq bigint not null,
  side text not null check (side in ('debit', 'credit')),
  posted_change numeric(38,0) not null,
  pending_change numeric(38,0) not null,
  posted_debits numeric(38,0) not null,
  posted_credits numeric(38,0) not null,
  pending_debits numeric(38,0) not null,
  pending_credits numeric(38,0) not null,
  -- Null when it took effect as it was recorded, which is nearly always.
  effective_at timestamptz,
  primary key (tenant_id, account_id, recorded_at, seq)
) partition by range (recorded_at);
-- What was recorded after the instant it counts from: all that a balance at an effective date adds to the one recorded by then.
create index on ledger.entries (tenant_id, account_id, effective_at) where effective_at is not null;
select platform.tenant_table('ledger.entries', 'select, insert');

-- The end of each hold. The primary key makes Postgres refuse to resolve a hold twice.
create table ledger.hold_resolutions (
  tenant_id uuid not null,
  hold_id uuid not null,
  state text not null check (state in ('settled', 'released', 'expired')),
  amount numeric(38,0) not null,
  resolved_by uuid not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, hold_id)
);
select platform.tenant_table('ledger.hold_resolutions', 'select, insert');

-- Projection: holds still open.
create table ledger.open_holds (
  tenant_id uuid not null,
  id uuid not null,
  debit_account_id uuid not null,
  credit_account_id uuid not null,
  amount numeric(38,0) not null,
  expires_at timestamptz,
  recorded_at timestamptz not null,
  seq bigint not null,
  -- Null when it took effect as it was recorded.
  effective_at timestamptz,
  purpose text,
  reference text,
  primary key (tenant_id, id)
) with (fillfactor = 70);
create index on ledger.open_holds (tenant_id, debit_account_id);
create index on ledger.open_holds (expires_at) where expires_at is not null;
select platform.tenant_table('ledger.open_holds', 'select, insert, delete');

-- Projection: what directives made of an account. One without a row is open and has the overdraft limit it was opened with.
create table ledger.account_states (
  tenant_id uuid not null,
  account_id uuid not null,
  state text not null check (state in ('open', 'frozen', 'closed')),
  overdraft_limit numeric(38,0) not null check (overdraft_limit >= 0),
  seq bigint not null,
  primary key (tenant_id, account_id)
) with (fillfactor = 70);
select platform.tenant_table('ledger.account_states', 'select, insert, update, delete');

-- Chart of accounts: which COSIF account (of the Central Bank's chart) the ledger's accounts of a code belong to.
create table ledger.chart (
  tenant_id uuid not null,
  code text not null check (length(code) between 1 and 60),
  cosif text not null check (cosif ~ '^([0-9]{8}|[0-9]{10})$'),
  name text not null check (length(name) between 1 and 200),
  primary key (tenant_id, code)
);
select platform.tenant_table('ledger.chart', 'select, insert, update, delete');

-- Projection: metadata by key and value, kept by a worker that follows the ledger. A table of its own, since under row-level
-- security a jsonb index cannot be used.
create table ledger.tags (
  tenant_id uuid not null,
  key text not null,
  value text not null,
  recorded_at timestamptz not null,
  seq bigint not null,
  primary key (tenant_id, key, value, recorded_at, seq)
);
select platform.tenant_table('ledger.tags', 'select, insert, delete');

-- How far the tags have come: the last place in the ledger whose metadata is in them.
create table ledger.tag_cursor (
  tenant_id uuid primary key,
  recorded_at timestamptz not null,
  seq bigint not null
) with (fillfactor = 70);
select platform.tenant_table('ledger.tag_cursor', 'select, insert, update, delete');

-- One row a batch: the chain of hashes, each over the one before, the records of the batch and its refusals.
create table ledger.batches (
  tenant_id uuid not null,
  batch bigint not null,
  first_seq bigint not null,
  last_seq bigint not null,
  recorded_at timestamptz not null,
  hash bytea not null,
  primary key (tenant_id, batch)
);
select platform.tenant_table('ledger.batches', 'select, insert');

-- The fence: a batch commits only by moving its tenant's head from where its writer believed it to be.
create table ledger.heads (
  tenant_id uuid primary key,
  batch bigint not null,
  seq bigint not null,
  recorded_at timestamptz not null,
  hash bytea not null,
  -- Last business date (America/Sao_Paulo) into which nothing may be dated any more.
  closed_until date
) with (fillfactor = 20);
select platform.tenant_table('ledger.heads', 'select, insert, update');

-- Rows before the first month or after the last one made ahead land here, so that a clock gone wrong stops nothing.
create table ledger.transfers_rest partition of ledger.transfers default;
create table ledger.entries_rest partition of ledger.entries default;
create table ledger.directives_rest partition of ledger.directives default;

-- Makes the months from `first` on. Runs as its owner, since the application never owns a table; does nothing for months that exist.
create function ledger.make_partitions(first date, months integer) returns integer
language plpgsql security definer set search_path = pg_catalog as $$
declare
  made integer := 0;
  start date;
  parent text;
  part text;
begin
  if months not between 1 and 36 then raise exception 'months must be 1 to 36'; end if;
  -- One at a time: two processes making the same month would trip over each other in the catalogue.
  perform pg_advisory_xact_lock(7205140003);
  for i in 0 .. months - 1 loop
    start := (date_trunc('month', first::timestamp) + make_interval(months => i))::date;
    foreach parent in array array['transfers', 'entries', 'directives'] loop
      part := format('%s_%s', parent, to_char(start, 'YYYY_MM'));
      continue when to_regclass(format('ledger.%I', part)) is not null;
      begin
        execute format('create table ledger.%I partition of ledger.%I for values from (%L) to (%L)', part, parent,
          start || ' 00:00:00+00', (start + interval '1 month')::date || ' 00:00:00+00');
        made := made + 1;
      exception when check_violation then
        -- The default partition already holds rows of that month: they stay there.
        null;
      end;
    end loop;
  end loop;
  return made;
end $$;
revoke all on function ledger.make_partitions(date, integer) from public;
grant execute on function ledger.make_partitions(date, integer) to ledger_system;
select ledger.make_partitions(current_date, 3);

select bus.module_tables();
