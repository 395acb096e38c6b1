import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { funded, openLedger, tenant, transfer } from './test-support/fixture.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

test('after a month of transfers is detached, balances stand, its ids stay used, and nobody else in the batch pays for asking', async () => {
  const ctx = tenant();
  const { customer, house } = await funded(openLedger(database.db), ctx, 100);
  const old = transfer(customer, house, 10);
  await openLedger(database.db).submit(ctx, { commands: [old] });
  const month = new Date().toISOString().slice(0, 7).replace('-', '_');
  await database.admin(`alter table ledger.transfers detach partition ledger.transfers_${month}`);

  const ledger = openLedger(database.db);
  const others = Array.from({ length: 5 }, () => ledger.submit(ctx, { commands: [transfer(customer, house, 1)] }));
  await assert.rejects(ledger.submit(ctx, { commands: [old] }), /LEDGER_RECORD_DETACHED/);
  for (const { results } of await Promise.all(others)) assert.equal(results[0]?.outcome, 'done');
  const reverse = { id: newId(), kind: 'reverse' as const, transferId: old.id };
  assert.equal((await ledger.submit(ctx, { commands: [reverse] })).results[0]?.code, 'LEDGER_NOT_REVERSIBLE');
  const { balances } = await ledger.getBalances(ctx, { accountIds: [customer.id] });
  assert.equal(balances[0]?.postedMinor, '85');
});
