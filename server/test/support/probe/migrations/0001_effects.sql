-- A module that exists in tests only: it publishes, and its handlers write down what they were given.
select bus.module_tables();
create table probe.effects (
  nth bigint generated always as identity primary key,
  tenant_id uuid not null,
  event_id uuid not null,
  position bigint not null,
  key text not null,
  n integer not null,
  traceparent text
);
select platform.tenant_table('probe.effects', 'select, insert, delete');
