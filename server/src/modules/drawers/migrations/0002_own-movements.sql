-- A person's copy of what is kept of their own accounts, page by page.
create index on drawers.movements (tenant_id, account_id, id);
