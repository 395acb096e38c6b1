-- A party may have several accounts, told apart by what their owners call them: sealed under the party's key; null for one that goes by its party's name.
alter table accounts.accounts add column label_sealed bytea;

-- A client (a service with a token of its own) acts on accounts that it was given, as a member whose id is derived from the client's name.
alter table accounts.memberships add column client_id text;
alter table accounts.memberships add constraint a_client_owns_nothing check (client_id is null or role <> 'owner');
