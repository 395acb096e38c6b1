import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { releaseExpired } from './expiry.ts';
import { preparePartitions } from './partitions.ts';
import { funded, hold, log, openLedger, tenant } from './test-support/fixture.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

test('holds past their time are released once, by however many processes', async () => {
  const clock = manualClock(Date.parse('2026-06-01T00:00:00Z'));
  const processes = [database.db, database.openAnother()].map((db) => ({ db, clock, log, face: openLedger(db, { clock }) }));
  const ledger = processes[0]!.face;
  const people = await Promise.all([tenant(), tenant()].map(async (ctx) => ({ ctx, accounts: await funded(ledger, ctx, 1_000) })));
  const expiresAt = '2026-06-01T00:10:00Z';
  for (const { ctx, accounts } of people) {
    const due = Array.from({ length: 5 }, () => hold(accounts.customer, accounts.house, 10, { expiresAt }));
    await ledger.submit(ctx, { commands: [...due, hold(accounts.customer, accounts.house, 7)] });
  }
  clock.advance(599_999);
  assert.equal(await releaseExpired(processes[0]!), 0, 'not a millisecond early');
  clock.advance(1);
  const counts = await Promise.all(processes.map((one) => releaseExpired(one)));
  assert.equal(
    counts.reduce((a, b) => a + b),
    10,
  );
  for (const { ctx, accounts } of people) {
    const { balances } = await ledger.getBalances(ctx, { accountIds: [accounts.customer.id] });
    assert.deepEqual([balances[0]?.postedMinor, balances[0]?.heldMinor], ['1000', '7']);
    const { holds } = await ledger.getHolds(ctx, { accountId: accounts.customer.id });
    assert.equal(holds.length, 1);
  }
  const events = await database.admin<{ reason: string }>(
    `select data->>'reason' as reason from ledger.outbox_events where type = 'ledger.hold-released.v1'`,
  );
  assert.deepEqual(
    events.map((event) => event.reason),
    Array.from({ length: 10 }, () => 'expiry'),
  );
});

test('a hold whose first expiry came too early expires all the same, once it is over', async () => {
  const [looks, writes] = [manualClock(Date.parse('2026-06-01T00:10:00Z')), manualClock(Date.parse('2026-06-01T00:00:00Z'))];
  const ledger = openLedger(database.db, { clock: writes });
  const ctx = tenant();
  const accounts = await funded(ledger, ctx, 100);
  await ledger.submit(ctx, { commands: [hold(accounts.customer, accounts.house, 10, { expiresAt: '2026-06-01T00:10:00Z' })] });
  const expiry = { db: database.db, clock: looks, log, face: ledger };
  writes.set(Date.parse('2026-06-01T00:09:58Z'));
  assert.deepEqual([await releaseExpired(expiry), await releaseExpired(expiry)], [0, 0], 'the clock that writes stepped back');
  for (const clock of [looks, writes]) clock.set(Date.parse('2026-06-01T00:11:00Z'));
  assert.equal(await releaseExpired(expiry), 1);
  assert.equal((await ledger.getHolds(ctx, { accountId: accounts.customer.id })).holds.length, 0);
});

test('a tenant whose releases fail, and a page full of them, keep no other tenant waiting', async () => {
  const clock = manualClock(Date.parse('2026-07-01T00:00:00Z'));
  const ledger = openLedger(database.db, { clock });
  const [failing, good] = [tenant(), tenant()];
  for (const [ctx, count, expiresAt] of [
    [failing, 1_001, '2026-07-01T00:10:00Z'],
    [good, 1, '2026-07-01T00:11:00Z'],
  ] as const) {
    const accounts = await funded(ledger, ctx, 2_000);
    await ledger.submit(ctx, { commands: Array.from({ length: count }, () => hold(accounts.customer, accounts.house, 1, { expiresAt })) });
  }
  clock.set(Date.parse('2026-07-01T00:12:00Z'));
  const face = {
    ...ledger,
    submit: ((ctx, input) =>
      ctx.tenantId === failing.tenantId ? Promise.reject(new Error('overloaded')) : ledger.submit(ctx, input)) as typeof ledger.submit,
  };
  assert.equal(await releaseExpired({ db: database.db, clock, log, face }), 1);
  assert.equal(await releaseExpired({ db: database.db, clock, log, face: ledger }), 1_001, 'and later those, too');
});

test('the months ahead are made once, by whoever comes first', async () => {
  const later = Date.parse('2031-11-15T00:00:00Z');
  await Promise.all([database.db, database.openAnother()].map((db) => preparePartitions(db, later)));
  const parts = await database.admin<{ relname: string }>(
    `select relname from pg_class where relname ~ '^(entries|transfers)_(2031|2032)_[0-9]{2}$' order by 1`,
  );
  assert.deepEqual(
    parts.map((part) => part.relname),
    ['entries_2031_11', 'entries_2031_12', 'entries_2032_01', 'transfers_2031_11', 'transfers_2031_12', 'transfers_2032_01'],
  );
});
