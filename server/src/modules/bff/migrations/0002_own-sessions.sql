-- A person sees their sessions and ends them. What tells them apart (browser, system, address) is sealed under the person's key; the grant is
-- the log-in at the issuer, by which a session is found when that ends. Sessions from before have none of it, and live for hours.
alter table bff.sessions
  add column session_id uuid not null default gen_random_uuid(),
  add column grant_hash bytea,
  add column device_sealed bytea;
create unique index on bff.sessions (session_id);
create index on bff.sessions (grant_hash) where grant_hash is not null;
