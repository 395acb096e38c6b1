-- Since when a signing key has been what it is: how long it has been published before it signs, and how long after it no token of it can be alive.
alter table identity.signing_keys add column state_since timestamptz not null default now();
