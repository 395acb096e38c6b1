import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { findDrift } from './checker.ts';
import { funded, hold, openLedger, tenant, transfer } from './test-support/fixture.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

test('books that agree are left alone; one cent gone astray is found, wherever it is', async () => {
  const ctx = tenant();
  const ledger = openLedger(database.db);
  const { customer, house } = await funded(ledger, ctx, 1_000);
  const [first, second] = [hold(customer, house, 100), hold(customer, house, 200)];
  await ledger.submit(ctx, { commands: [first, second, transfer(customer, house, 50)] });
  await ledger.submit(ctx, { commands: [{ id: newId(), kind: 'settle', holdId: first.id, amountMinor: '60' }] });
  assert.deepEqual(await findDrift(database.db), []);

  const plants: [string, string, string][] = [
    [
      `update ledger.entries set posted_credits = posted_credits + 1 where seq = 1 and side = 'credit'`,
      'posted_credits - 1',
      'each entry follows',
    ],
    [`update ledger.open_holds set amount = amount + 1`, 'amount - 1', 'open holds equal'],
    [`update ledger.transfers set amount = amount + 1 where seq = 4`, 'amount - 1', 'entries say what'],
  ];
  for (const [plant, undo, expected] of plants) {
    await database.admin(plant);
    const drift = await findDrift(database.db);
    assert.ok(
      drift.some((one) => one.check.startsWith(expected) && one.tenantId === ctx.tenantId),
      `${expected}: ${JSON.stringify(drift)}`,
    );
    const column = undo.split(' ')[0]!;
    await database.admin(plant.replace(/set .*? = .*? \+ 1/, `set ${column} = ${undo}`));
  }
  await database.admin(`update ledger.entries set posted_credits = posted_credits + 1 where seq = 5 and side = 'credit'`);
  const checks = (await findDrift(database.db)).map((one) => one.check);
  assert.ok(checks.includes('debits equal credits per asset'), checks.join());
});
