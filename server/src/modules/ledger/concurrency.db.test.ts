import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Db, Tx } from '#platform/db/db.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { findDrift } from './checker.ts';
import { customer, funded, house, openLedger, tenant, transfer } from './test-support/fixture.ts';

const ROUNDS = 300;

describe('several ledgers on the same books', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
  });
  after(() => database.close());

  test(`two payments that together exceed the balance: exactly one passes, ${ROUNDS} rounds`, async () => {
    const ctx = tenant();
    const [one, two] = [openLedger(database.db), openLedger(database.openAnother())];
    const clearing = house();
    const people = Array.from({ length: ROUNDS }, () => customer());
    await one.createAccounts(ctx, { accounts: [clearing, ...people] });
    await one.submit(ctx, { commands: people.map((person) => transfer(clearing, person, 100)) });
    for (const person of people) {
      const [a, b] = await Promise.all([one, two].map((ledger) => ledger.submit(ctx, { commands: [transfer(person, clearing, 60)] })));
      const outcomes = [a?.results[0], b?.results[0]];
      assert.equal(outcomes.filter((result) => result?.outcome === 'done').length, 1);
      assert.equal(outcomes.find((result) => result?.outcome === 'rejected')?.code, 'LEDGER_INSUFFICIENT_FUNDS');
    }
    assert.deepEqual(await findDrift(database.db), []);
  });

  test('the same command sent to both happens once, and both say the same', async () => {
    const ctx = tenant();
    const [one, two] = [openLedger(database.db), openLedger(database.openAnother())];
    const accounts = await funded(one, ctx, 1_000);
    for (let i = 0; i < 30; i++) {
      const command = transfer(accounts.customer, accounts.house, 10);
      const answers = await Promise.all([one, two, one, two].map((ledger) => ledger.submit(ctx, { commands: [command] })));
      const results = answers.map((answer) => answer.results[0]!);
      assert.equal(results.filter((result) => result.outcome === 'done' && !result.duplicate).length, 1);
      assert.equal(new Set(results.map((result) => result.seq)).size, 1);
    }
    const { balances } = await two.getBalances(ctx, { accountIds: [accounts.customer.id] });
    assert.equal(balances[0]?.postedMinor, '700');
  });

  test('both write at once under load: every answer given is in the books', async () => {
    const ctx = tenant();
    const ledgers = [openLedger(database.db), openLedger(database.openAnother()), openLedger(database.openAnother(), { cacheLimit: 3 })];
    const accounts = await funded(ledgers[0]!, ctx, 1_000);
    const runs = ledgers.flatMap((ledger) =>
      Array.from({ length: 40 }, async () => {
        const command = transfer(accounts.customer, accounts.house, 10);
        const { results } = await ledger.submit(ctx, { commands: [command] });
        return results[0]!;
      }),
    );
    const results = await Promise.all(runs);
    const done = results.filter((result) => result.outcome === 'done');
    assert.equal(done.length, 100, '1,000 at 10 each');
    const { transfers } = await ledgers[1]!.getTransfers(ctx, { ids: done.map((result) => result.id) });
    assert.equal(transfers.length, 100);
    assert.deepEqual(await findDrift(database.db), []);
  });

  test('a writer paused in mid-batch and woken later cannot commit on an old head', async () => {
    const ctx = tenant();
    const pause = pausable(database.db);
    const [slow, fast] = [openLedger(pause.db), openLedger(database.openAnother())];
    const accounts = await funded(slow, ctx, 100);
    pause.arm();
    const late = slow.submit(ctx, { commands: [transfer(accounts.customer, accounts.house, 60)] });
    await pause.reached;
    const early = await fast.submit(ctx, { commands: [transfer(accounts.customer, accounts.house, 60)] });
    assert.equal(early.results[0]?.outcome, 'done');
    pause.release();
    assert.equal((await late).results[0]?.code, 'LEDGER_INSUFFICIENT_FUNDS', 'decided again on the new head');
    assert.deepEqual(await findDrift(database.db), []);
  });
});

/** A database whose next batch stops right before its write statement until released. */
function pausable(db: Db) {
  const reached = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  let armed = false;
  const paused: Db = {
    ...db,
    tx: (scope, work) =>
      db.tx(scope, (tx) => {
        const waiting: Tx = {
          ...tx,
          async query(sql, params) {
            if (armed && sql.includes('update ledger.heads')) {
              armed = false;
              reached.resolve();
              await gate.promise;
            }
            return tx.query(sql, params);
          },
        };
        return work(waiting);
      }),
  };
  return { db: paused, arm: () => (armed = true), reached: reached.promise, release: gate.resolve };
}
