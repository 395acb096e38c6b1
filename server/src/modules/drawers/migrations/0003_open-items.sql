-- What a day should not be closed without, as the books are to know it: by its reference, and whether they were told.
create table drawers.open_items (
  tenant_id uuid not null,
  reference text not null,
  account_id uuid not null,
  business_date date not null,
  kind text not null,
  blocks boolean not null,
  is_open boolean not null,
  is_told boolean not null default false,
  changed_at timestamptz not null,
  primary key (tenant_id, reference)
);
create index on drawers.open_items (tenant_id, account_id) where not is_told;
create index on drawers.open_items (changed_at) where not is_told;
select platform.tenant_table('drawers.open_items', 'select, insert, update');
