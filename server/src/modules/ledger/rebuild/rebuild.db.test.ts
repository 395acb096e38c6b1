import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import type { CommandInput, Ledger } from '../index.ts';
import { customer, funded, hold, openLedger, tenant, transfer } from '../test-support/fixture.ts';
import { followTags } from '../views/tag-follower.ts';
import { type RebuildProgress, rebuildProjections } from './rebuild.ts';

const TABLES = ['entries', 'open_holds', 'account_states', 'tags'];

describe('projections made again from the records', () => {
  let database: TestDatabase;
  let ledger: Ledger;
  const ctx = tenant();

  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(database.db);
    await live(ctx);
    await live(tenant());
    while ((await followTags(database.db)) > 0);
  });
  after(() => database.close());

  /** Every kind of record. */
  async function live(of: typeof ctx): Promise<void> {
    const accounts = await funded(ledger, of, 10_000);
    const other = customer({ overdraftLimitMinor: '30' });
    await ledger.createAccounts(of, { accounts: [other] });
    const moved = transfer(accounts.customer, other, 40, { metadata: { order: 'a', kind: 'sale' }, effectiveAt: '2026-01-01T00:00:00Z' });
    const holds = [4, 5, 6].map((amount) => hold(accounts.customer, other, amount, { metadata: { order: String(amount) } }));
    const judicial = hold(accounts.customer, other, 7, { purpose: 'judicial', reference: 'proc-1' });
    const settings = { kind: 'account' as const, accountId: other.id, reason: 'test' };
    const commands: CommandInput[] = [
      moved,
      ...holds,
      judicial,
      { id: newId(), kind: 'settle', holdId: holds[0]!.id, amountMinor: '3' },
      { id: newId(), kind: 'release', holdId: holds[1]!.id },
      { id: newId(), kind: 'reverse', transferId: moved.id, amountMinor: '15' },
      { id: newId(), ...settings, overdraftLimitMinor: '77' },
      { id: newId(), ...settings, state: 'frozen' },
      { id: newId(), kind: 'account', accountId: accounts.house.id, state: 'frozen', reason: 'test' },
      { id: newId(), kind: 'close-period', until: '2026-01-31' },
    ];
    const { results } = await ledger.submit(of, { commands });
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      commands.map(() => 'done'),
      JSON.stringify(results),
    );
    await ledger.submit(of, {
      commands: Array.from({ length: 300 }, () => transfer(accounts.customer, other, 1, { metadata: { n: '1' } })),
    });
  }
  const run = (apply = false, onProgress?: (one: RebuildProgress) => void) =>
    rebuildProjections({ adminUrl: database.adminUrl, apply, ...(onProgress ? { onProgress } : {}) });
  async function contents(): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const table of TABLES) {
      const rows = await database.admin<{ row: string }>(`select t::text as row from ledger.${table} t order by 1`);
      found[table] = rows.map(({ row }) => row);
      assert.ok(rows.length > 0, table);
    }
    return found;
  }

  test('are identical to the live ones, with progress', async () => {
    const told: RebuildProgress[] = [];
    const report = await run(false, (one) => told.push(one));
    assert.deepEqual([report.identical, report.applied, report.tenants, report.records], [true, false, 2, 2 * 313]);
    assert.deepEqual(
      report.projections.map(({ projection, rows }) => [projection, rows]),
      [
        ['balances', 2 * 2 * 309],
        ['open-holds', 4],
        ['account-states', 4],
        ['tags', 2 * 305],
      ],
    );
    assert.ok(told.some(({ projection, done, total }) => projection === 'entries' && done === total));
  });

  test('see one moment of the ledger while others write', async () => {
    let stopped = false;
    const accounts = await funded(ledger, ctx, 0);
    const writer = (async () => {
      while (!stopped)
        await ledger.submit(ctx, {
          commands: [transfer(accounts.house, accounts.customer, 1), hold(accounts.house, accounts.customer, 1)],
        });
    })();
    for (let round = 0; round < 3; round++) assert.equal((await run()).identical, true);
    const applied = await run(true);
    assert.deepEqual([applied.identical, applied.applied], [true, false]);
    stopped = true;
    await writer;
  });

  const DAMAGE: [projection: string, how: 'missing' | 'extra' | 'different', sql: string][] = [
    ['balances', 'different', `update ledger.entries set posted_credits = posted_credits + 1 where seq = 200 and side = 'credit'`],
    ['balances', 'different', `update ledger.entries set posted_change = posted_change + 1 where seq = 2 and side = 'debit'`],
    ['balances', 'different', `update ledger.entries set effective_at = null where effective_at is not null and side = 'debit'`],
    ['balances', 'missing', `delete from ledger.entries where seq = 100 and side = 'debit'`],
    [
      'balances',
      'extra',
      `insert into ledger.entries select tenant_id, 'ffffffff-ffff-7fff-bfff-ffffffffffff', recorded_at, seq, side, posted_change, pending_change,
         posted_debits, posted_credits, pending_debits, pending_credits, effective_at from ledger.entries where seq = 9 and side = 'debit' limit 1`,
    ],
    ['open-holds', 'missing', `delete from ledger.open_holds where purpose is not null`],
    ['open-holds', 'different', `update ledger.open_holds set amount = amount + 1 where purpose is not null`],
    [
      'open-holds',
      'extra',
      `insert into ledger.open_holds select tenant_id, id, debit_account_id, credit_account_id, amount, null, recorded_at, seq from ledger.transfers
       where kind = 'hold' and amount = 4`,
    ],
    ['account-states', 'different', `update ledger.account_states set state = 'open' where overdraft_limit = 77`],
    ['account-states', 'missing', `delete from ledger.account_states where overdraft_limit = 77`],
    ['tags', 'missing', `delete from ledger.tags where key = 'kind'`],
    ['tags', 'extra', `insert into ledger.tags select tenant_id, 'made', 'up', recorded_at, seq from ledger.tags where value = 'a'`],
  ];
  for (const [projection, how, sql] of DAMAGE) {
    test(`find and put right what is not theirs: ${projection}, ${how}: ${sql.slice(0, 60)}`, async () => {
      const before = await contents();
      await database.admin(sql);
      assert.notDeepEqual(await contents(), before);
      const found = await run();
      const compared = found.projections.find((one) => one.projection === projection)!;
      assert.deepEqual([found.identical, found.applied], [false, false]);
      assert.ok(compared[how] > 0 && compared.examples.length > 0, JSON.stringify(found.projections));
      for (const one of found.projections) if (one !== compared) assert.equal(one.missing + one.extra + one.different, 0, one.projection);
      assert.equal((await run(true)).applied, true);
      assert.deepEqual(await contents(), before, 'as it was');
      assert.equal((await run()).identical, true);
    });
  }

  test('are not made from a part of the records, such as after a month was detached', async () => {
    const [part] = await database.admin<{ name: string }>(`select tableoid::regclass::text as name from ledger.transfers limit 1`);
    await database.admin(`alter table ledger.transfers detach partition ${part!.name}`);
    const before = await contents();
    await assert.rejects(run(true), /of its \d+ records here: attach the months/);
    assert.deepEqual(await contents(), before, 'nothing was touched');
  });
});
