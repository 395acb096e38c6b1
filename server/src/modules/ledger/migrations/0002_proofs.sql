-- Roots of days, and their anchors.
select platform.proof_tables();
