-- Operators are people of a realm apart: names of their own (an e-mail address may be a customer's and an operator's, and is two people), a
-- client of their own, and roles. Whoever is in one realm is unknown in the other.
alter table identity.people add column realm text not null default 'customer' check (realm in ('customer', 'operator'));

alter table identity.clients
  drop constraint clients_kind_check,
  add constraint clients_kind_check check (kind in ('bff', 'desk', 'service'));

-- What an operator is; which scopes a role has, the modules say. `added_by`: an operator, or the system's user of the command line.
create table identity.operators (
  tenant_id uuid not null,
  subject_id uuid not null,
  roles text[] not null check (cardinality(roles) > 0),
  version integer not null default 1,
  disabled_at timestamptz,
  added_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, subject_id),
  foreign key (tenant_id, subject_id) references identity.people (tenant_id, subject_id)
);
select platform.tenant_table('identity.operators', 'select, insert, update');
