-- Decisions about money that take two people.
select platform.approvals_table();
