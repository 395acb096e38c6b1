-- What the ledger shows of itself, and what commands have gained.

-- The sentence of a refusal in English, beside the Portuguese one.
alter table ledger.commands add column detail_en text;

-- What a settlement that keeps the rest leaves held; what was asked to be so afterwards (domain/condition-text.ts).
alter table ledger.transfers add column remaining numeric(38,0);
alter table ledger.transfers add column only_if jsonb;

-- Settlements that left the rest of their holds held: the others are in hold_resolutions.
create table ledger.hold_captures (
  tenant_id uuid not null,
  hold_id uuid not null,
  seq bigint not null,
  amount numeric(38,0) not null check (amount > 0),
  settled_by uuid not null,
  recorded_at timestamptz not null,
  primary key (tenant_id, hold_id, seq)
);
select platform.tenant_table('ledger.hold_captures', 'select, insert');
-- Such a settlement leaves less in the projection of open holds.
grant update (amount) on ledger.open_holds to ledger, ledger_system;
-- Holds that bring something to an account: what takes from one whose balance grows by debits.
create index open_holds_credit on ledger.open_holds (tenant_id, credit_account_id, seq);

-- Blocked: nothing new in or out, whatever is in it.
alter table ledger.account_states drop constraint account_states_state_check;
alter table ledger.account_states add constraint account_states_state_check check (state in ('open', 'frozen', 'blocked', 'closed'));

-- Directives one after the other, of one kind.
create index directives_by_kind on ledger.directives (tenant_id, kind, seq);

-- What an account is called and what its opener notes beside it: for people, no part of its configuration, and may change.
create table ledger.account_labels (
  tenant_id uuid not null,
  account_id uuid not null,
  name text check (length(name) between 1 and 200),
  metadata jsonb,
  primary key (tenant_id, account_id)
);
select platform.tenant_table('ledger.account_labels', 'select, insert, update');

-- How many decimals the minor unit of an asset stands for. Once said it stays: every figure ever shown was read by it.
create table ledger.assets (
  tenant_id uuid not null,
  asset text not null check (asset ~ '^[A-Z0-9]{3,12}$'),
  decimals smallint not null check (decimals between 0 and 18),
  name text check (length(name) between 1 and 200),
  primary key (tenant_id, asset)
);
select platform.tenant_table('ledger.assets', 'select, insert, update');

-- Idempotency-Key headers seen with commands: each stands for one body. The commands themselves are kept apart by their ids.
select platform.idempotency_table();

-- Accounts by the beginning of their code: in byte order, whatever the database's own is.
create index accounts_by_code_prefix on ledger.accounts (tenant_id, code collate "C", id);
