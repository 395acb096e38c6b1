-- Statements of banks: files as they came, the movements that were taken from them, and what of these agrees with the books.
select bus.module_tables();
select platform.idempotency_table();

-- A place of the books that has statements. Whoever sorts, matches or locks its movements holds the row.
create table banks.places (
  tenant_id uuid not null,
  account_id uuid not null,
  place_id uuid not null,
  -- What lies on this day or before it is agreed: no import adds to it, nothing of it is matched anew.
  locked_until date,
  primary key (tenant_id, place_id)
);
create index on banks.places (tenant_id, account_id);
select platform.tenant_table('banks.places', 'select, insert, update');

create table banks.files (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  place_id uuid not null,
  name text not null,
  state text not null check (state in ('received', 'ready', 'broken', 'importing', 'imported', 'undoing', 'undone')),
  size_bytes bigint not null,
  blob_version uuid not null,
  -- What the person said of it: columns, order of dates, whether it is of a card.
  options jsonb not null default '{}',
  format text,
  layout text,
  rows_read integer not null default 0,
  rows_new integer not null default 0,
  rows_known integer not null default 0,
  rows_locked integer not null default 0,
  rows_ignored integer not null default 0,
  rows_refused integer not null default 0,
  in_minor numeric(38,0) not null default 0,
  out_minor numeric(38,0) not null default 0,
  opening_minor numeric(38,0),
  closing_minor numeric(38,0),
  from_date date,
  to_date date,
  warnings jsonb not null default '[]',
  broken_line integer,
  broken_reason text,
  created_at timestamptz not null,
  -- Who brought it: in whose name its movements are recorded.
  actor_kind text not null,
  actor_id uuid not null,
  primary key (tenant_id, id)
);
create index on banks.files (tenant_id, account_id, created_at desc);
select platform.tenant_table('banks.files', 'select, insert, update');

-- Movements of a file that is not imported yet; gone once it is.
create table banks.rows (
  tenant_id uuid not null,
  file_id uuid not null,
  nth integer not null,
  line integer not null,
  date date not null,
  amount_minor numeric(38,0) not null,
  text text not null,
  folded text not null,
  reference text,
  boleto jsonb,
  outcome text check (outcome in ('new', 'known', 'locked')),
  primary key (tenant_id, file_id, nth)
);
create index on banks.rows (tenant_id, file_id, date);
select platform.tenant_table('banks.rows', 'select, insert, update, delete');

-- Lines of a file that are no movements, or could not be believed: at most ten thousand of one file.
create table banks.notes (
  tenant_id uuid not null,
  file_id uuid not null,
  line integer not null,
  kind text not null check (kind in ('ignored', 'refused')),
  reason text not null,
  primary key (tenant_id, file_id, line, kind)
);
select platform.tenant_table('banks.notes', 'select, insert, delete');

-- What the bank says happened. Its id is also that of the entry that records it.
create table banks.movements (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  place_id uuid not null,
  file_id uuid not null,
  line integer not null,
  date date not null,
  amount_minor numeric(38,0) not null check (amount_minor <> 0),
  text text not null,
  folded text not null,
  reference text,
  boleto jsonb,
  -- waiting: on its way to the books; open: an entry like it stands there, a person decides; recorded: by an entry of its own; matched: with entries of
  -- others; refused: the books would not have it; passed: no concern of the books; undone: its file was taken back.
  state text not null check (state in ('waiting', 'open', 'recorded', 'matched', 'refused', 'passed', 'undone')),
  refusal text,
  match_id uuid,
  primary key (tenant_id, id)
);
create index on banks.movements (tenant_id, place_id, date);
create index on banks.movements (tenant_id, place_id, reference, amount_minor) where reference is not null;
create index movements_of_file on banks.movements (tenant_id, file_id, state, date, id);
create index on banks.movements (tenant_id, match_id) where match_id is not null;
select platform.tenant_table('banks.movements', 'select, insert, update');

-- The books' side of each place, from their events: entries that others recorded there.
create table banks.entries (
  tenant_id uuid not null,
  entry_id uuid not null,
  place_id uuid not null,
  account_id uuid not null,
  date date not null,
  -- As the bank would say it: positive into the place.
  amount_minor numeric(38,0) not null,
  is_ours boolean not null,
  is_gone boolean not null default false,
  match_id uuid,
  primary key (tenant_id, entry_id, place_id)
);
create index on banks.entries (tenant_id, place_id, date);
create index on banks.entries (tenant_id, match_id) where match_id is not null;
select platform.tenant_table('banks.entries', 'select, insert, update');

-- Movements and entries that somebody said are the same money.
create table banks.matches (
  tenant_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  place_id uuid not null,
  kind text not null check (kind in ('match', 'transfer')),
  -- Entries recorded for what lay between the two sides: fees, rents, interest.
  adjustments jsonb not null default '[]',
  at timestamptz not null,
  by text not null,
  ended_at timestamptz,
  primary key (tenant_id, id)
);
select platform.tenant_table('banks.matches', 'select, insert, update');

-- Two movements of which somebody said that they are no transfer.
create table banks.refused_pairs (
  tenant_id uuid not null,
  account_id uuid not null,
  out_id uuid not null,
  in_id uuid not null,
  at timestamptz not null,
  primary key (tenant_id, out_id, in_id)
);
select platform.tenant_table('banks.refused_pairs', 'select, insert');

-- How a shop said its bank's table is to be read, by the table's first line.
create table banks.layouts (
  tenant_id uuid not null,
  account_id uuid not null,
  signature text not null,
  options jsonb not null,
  at timestamptz not null,
  primary key (tenant_id, account_id, signature)
);
select platform.tenant_table('banks.layouts', 'select, insert, update');
