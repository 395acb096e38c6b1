import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { funded, hold, openLedger, tenant, transfer } from './test-support/fixture.ts';

const DENIED = '42501';

describe('what Postgres itself refuses', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
  });
  after(() => database.close());

  for (const role of ['ledger', 'ledger_system']) {
    for (const table of ['accounts', 'commands', 'transfers', 'directives', 'entries', 'hold_resolutions', 'batches']) {
      for (const statement of [
        `update ledger.${table} set tenant_id = tenant_id`,
        `delete from ledger.${table}`,
        `truncate ledger.${table}`,
      ]) {
        test(`${role}: ${statement}`, async () => {
          const scope =
            role === 'ledger' ? { module: 'ledger', tenants: [tenant().tenantId] } : { module: 'ledger', system: true as const };
          await assert.rejects(
            database.db.tx(scope, (tx) => tx.execute(statement)),
            (error: { code?: string }) => error.code === DENIED,
          );
        });
      }
    }
  }

  test('partitions cannot be reached past their table', async () => {
    const [part] = await database.admin<{ name: string }>(
      `select relname as name from pg_class where relname like 'entries_20%' and relkind = 'r' limit 1`,
    );
    const scope = { module: 'ledger', tenants: [tenant().tenantId] };
    await assert.rejects(
      database.db.tx(scope, (tx) => tx.query(`select * from ledger.${part!.name}`)),
      (error: { code?: string }) => error.code === DENIED,
    );
  });

  test('another tenant sees nothing, can use nothing and learns nothing', async () => {
    const [mine, theirs] = [tenant(), tenant()];
    const ledger = openLedger(database.db);
    const accounts = await funded(ledger, mine, 1_000);
    const [command, held] = [transfer(accounts.customer, accounts.house, 10), hold(accounts.customer, accounts.house, 20)];
    await ledger.submit(mine, { commands: [command, held] });

    assert.deepEqual((await ledger.getBalances(theirs, { accountIds: [accounts.customer.id] })).balances, []);
    assert.deepEqual((await ledger.getTransfers(theirs, { ids: [command.id] })).transfers, []);
    assert.deepEqual((await ledger.getHolds(theirs, { ids: [held.id] })).holds, []);
    assert.deepEqual((await ledger.getHolds(theirs, { accountId: accounts.customer.id })).holds, []);
    assert.deepEqual((await ledger.trialBalance(theirs, {})).lines, []);
    await assert.rejects(ledger.getStatement(theirs, { accountId: accounts.customer.id }), /LEDGER_ACCOUNT_NOT_FOUND/);
    const own = await funded(ledger, theirs, 0);
    const steal = await ledger.submit(theirs, {
      commands: [transfer(accounts.customer, own.customer, 1), { ...command }, { id: held.id, kind: 'settle', holdId: held.id }],
    });
    assert.deepEqual(
      steal.results.map((result) => result.code),
      ['LEDGER_DEBIT_ACCOUNT_UNKNOWN', 'LEDGER_DEBIT_ACCOUNT_UNKNOWN', 'LEDGER_HOLD_UNKNOWN'],
    );
    const { balances } = await ledger.getBalances(mine, { accountIds: [accounts.customer.id] });
    assert.deepEqual([balances[0]?.postedMinor, balances[0]?.heldMinor], ['990', '20']);
  });
});
