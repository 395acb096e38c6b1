-- Sessions of browsers. The cookie holds 256 random bits, of which only the hash is here; the tokens are sealed.
select bus.module_tables();

create table bff.sessions (
  id_hash bytea primary key,
  tenant_id uuid not null,
  subject_id uuid not null,
  tokens_sealed bytea not null,
  access_expires_at timestamptz not null,
  -- Keyed hash of the browser's User-Agent: a cookie that turns up in another browser was stolen.
  agent_hash bytea not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  -- One request at a time renews the tokens, without a transaction open while it asks the issuer.
  refreshing_until timestamptz
);
create index on bff.sessions (tenant_id, subject_id, created_at);
create index on bff.sessions (expires_at);
create index on bff.sessions (last_seen_at);
select platform.tenant_table('bff.sessions', 'select, insert, update, delete');
