-- The name of the renewal under way, written down before the issuer is asked: asked again by that name, it is the same renewal, also by
-- another process after this one died. Null when none is.
alter table bff.sessions add column renewal uuid;
