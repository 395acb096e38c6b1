import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Db } from '#platform/db/db.ts';
import type { AppError } from '#platform/errors.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { findDrift } from './checker.ts';
import { funded, openLedger, tenant, transfer } from './test-support/fixture.ts';

type Fault = 'before-commit' | 'after-commit';

/** A database that fails its next transactions at the moment named, as a lost connection would. */
function faulty(db: Db) {
  const faults: Fault[] = [];
  const lost = () => Object.assign(new Error('Connection terminated unexpectedly'), { code: 'ECONNRESET' });
  const wrapped: Db = {
    ...db,
    async tx(scope, work) {
      const fault = faults.shift();
      const result = await db.tx(scope, async (tx) => {
        const answer = await work(tx);
        if (fault === 'before-commit') throw lost();
        return answer;
      });
      if (fault === 'after-commit') throw lost();
      return result;
    },
  };
  return { db: wrapped, next: (...wanted: Fault[]) => faults.push(...wanted) };
}

describe('a connection lost around the commit', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
  });
  after(() => database.close());

  for (const faults of [
    ['before-commit'],
    ['after-commit'],
    ['after-commit', 'before-commit'],
    ['before-commit', 'after-commit'],
  ] as Fault[][]) {
    test(`${faults.join(', then ')}: the transfer happens once and is answered`, async () => {
      const ctx = tenant();
      const broken = faulty(database.db);
      const ledger = openLedger(broken.db);
      const accounts = await funded(ledger, ctx, 100);
      broken.next(...faults);
      const { results } = await ledger.submit(ctx, { commands: [transfer(accounts.customer, accounts.house, 60)] });
      assert.equal(results[0]?.outcome, 'done');
      const { balances } = await ledger.getBalances(ctx, { accountIds: [accounts.customer.id] });
      assert.equal(balances[0]?.postedMinor, '40');
      assert.deepEqual(await findDrift(database.db), []);
      const events = await database.admin(
        `select data from ledger.outbox_events where tenant_id = $1 and type = 'ledger.entry-posted.v1'`,
        [ctx.tenantId],
      );
      assert.equal(events.length, 2, 'one event a transfer');
    });
  }

  test('a database that stays away: the outcome is unknown, said so, and the same ids may be sent again', async () => {
    const ctx = tenant();
    const broken = faulty(database.db);
    const ledger = openLedger(broken.db);
    const accounts = await funded(ledger, ctx, 100);
    const command = transfer(accounts.customer, accounts.house, 60);
    broken.next('after-commit', ...Array.from({ length: 7 }, () => 'before-commit' as const));
    await assert.rejects(ledger.submit(ctx, { commands: [command] }), (error: AppError) => error.code === 'LEDGER_OUTCOME_UNKNOWN');
    const { results } = await ledger.submit(ctx, { commands: [command] });
    assert.deepEqual([results[0]?.outcome, results[0]?.duplicate], ['done', true]);
  });

  test('what fails for one command alone fails for nobody else', async () => {
    const ctx = tenant();
    const database2: Db = {
      ...database.db,
      tx: (scope, work) =>
        database.db.tx(scope, (tx) =>
          work({
            ...tx,
            query: (sql, params) =>
              params?.some((one) => typeof one === 'string' && one.includes('poison')) ? tx.query('select 1/0') : tx.query(sql, params),
          }),
        ),
    };
    const ledger = openLedger(database2);
    const accounts = await funded(ledger, ctx, 100);
    const good = transfer(accounts.customer, accounts.house, 10);
    const bad = transfer(accounts.customer, accounts.house, 10, { metadata: { note: 'poison' } });
    const [first, second] = await Promise.allSettled([ledger.submit(ctx, { commands: [bad] }), ledger.submit(ctx, { commands: [good] })]);
    assert.equal(first.status, 'rejected');
    assert.equal(second.status === 'fulfilled' && second.value.results[0]?.outcome, 'done');
  });
});
