-- Who placed a hold (kind and id of the actor): only they end it. Those placed before this was kept have no owner, and anybody who may write ends them.
alter table ledger.transfers add column placed_by text;
alter table ledger.open_holds add column placed_by text;
