-- Who looks after a tenant, and as what, takes two of them.
select platform.approvals_table();
