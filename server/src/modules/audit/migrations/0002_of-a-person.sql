-- A person asks for all that is on record about them.
create index on audit.records (tenant_id, subject_id, position) where subject_id is not null;
