-- Who was erased: the row stays, so that what points to it points to somebody; names are under a key that is gone, and the hashes are free for
-- whoever has that CPF or e-mail to register anew.
alter table identity.people add column erased_at timestamptz;
