-- By which renewal a refresh token was used (SHA-256 of the name its client gave it): the same one may be asked for again until its result
-- has been used, whatever became of the first answer.
alter table identity.oidc_payloads add column renewal_hash bytea;
