import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { businessDate } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import type { CommandInput } from './index.ts';
import { funded, hold, openLedger, tenant, transfer } from './test-support/fixture.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

/** All that a write could leave behind. */
async function traces(): Promise<unknown> {
  const counts = [
    'commands',
    'transfers',
    'directives',
    'entries',
    'open_holds',
    'hold_resolutions',
    'account_states',
    'batches',
    'outbox',
  ].map((table) => `(select count(*) from ledger.${table}) as ${table}`);
  return database.admin(`select ${counts.join(', ')}, (select array_agg(h) from ledger.heads h) as heads`);
}

test('a dry run answers what the commands would be answered, and leaves nothing behind', async () => {
  const ctx = tenant();
  const ledger = openLedger(database.db);
  const { customer, house } = await funded(ledger, ctx, 1_000);
  const [moved, held] = [transfer(customer, house, 300), hold(customer, house, 5_000, { balancing: 'debit' })];
  const commands: CommandInput[] = [
    moved,
    held,
    transfer(customer, house, 1),
    { id: newId(), kind: 'settle', holdId: held.id, amountMinor: '650' },
    { id: newId(), kind: 'reverse', transferId: moved.id },
    { id: newId(), kind: 'account', accountId: customer.id, state: 'frozen', reason: 'test' },
    transfer(customer, house, 1),
    { id: newId(), kind: 'close-period', until: businessDate(Date.now() - 3 * 86_400_000) },
    transfer(house, customer, 1, { effectiveAt: '2020-01-01T00:00:00Z' }),
    { ...moved, amountMinor: '301' },
    moved,
  ];
  for (const atomic of [false, true]) {
    const before = await traces();
    const dry = await ledger.submit(ctx, { commands, atomic, dryRun: true });
    assert.deepEqual(await traces(), before);
    const real = await ledger.submit(ctx, { commands, atomic });
    const timeless = ({ results }: typeof real) => results.map(({ recordedAt: _, ...rest }) => rest);
    const placeless = ({ results }: typeof real) =>
      results.map(({ recordedAt: _, seq, ...rest }) => (rest.duplicate && seq !== undefined ? { seq, ...rest } : rest));
    assert.deepEqual(timeless(dry), placeless(real), `atomic: ${atomic}: another may take the place`);
    assert.deepEqual(
      timeless(await ledger.submit(ctx, { commands, atomic, dryRun: true })),
      timeless(await ledger.submit(ctx, { commands, atomic })),
    );
  }
});

test('in a ledger where nothing was ever written, too', async () => {
  const ctx = tenant();
  const ledger = openLedger(database.db);
  const { customer, house } = await funded(ledger, ctx, 0);
  const { results } = await ledger.submit(ctx, { commands: [transfer(house, customer, 5), transfer(customer, house, 6)], dryRun: true });
  assert.deepEqual(
    results.map((result) => result.code ?? result.outcome),
    ['done', 'LEDGER_INSUFFICIENT_FUNDS'],
  );
  assert.deepEqual(await database.admin(`select 1 from ledger.heads where tenant_id = '${ctx.tenantId}'`), []);
});
