-- Lists show the newest day first, and within a day what was recorded last.
create index entries_newest on books.entries (tenant_id, account_id, date desc, recorded_at desc, id desc);
-- What waits for somebody or for the ledger is counted at each look at the day: it is little, whatever the history.
create index entries_open on books.entries (tenant_id, account_id) where reversed_at is null and (is_unsorted or position is null);
-- What was sold on a day.
create index lines_competence on books.lines (tenant_id, account_id, competence);
