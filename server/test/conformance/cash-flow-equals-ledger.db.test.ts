import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPostgresBus } from '#platform/bus/postgres.ts';
import { businessDate, systemClock } from '#platform/clock.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { createCashflow } from '../../src/modules/cashflow/index.ts';
import { customer, hold, house, log, openLedger, tenant, transfer } from '../../src/modules/ledger/test-support/fixture.ts';
import { eventually } from '../support/probe/probe.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../support/test-database.ts';

/** The read model and the ledger know nothing of each other but events. In the end they say the same of every account. */
let database: TestDatabase;
let bus: ReturnType<typeof createPostgresBus>;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger', 'cashflow'));
  bus = createPostgresBus({ db: database.db, log, clock: systemClock });
});
after(async () => {
  await bus.close();
  await database.close();
});

test('the last closing balance of every account is its posted balance in the ledger', async () => {
  const { db } = database;
  const ledger = openLedger(db);
  const cashflow = createCashflow({ db, bus, clock: systemClock, log, metrics: createMetrics(), vault: undefined as never });
  bus.startRelay('ledger');
  bus.subscribe(cashflow.subscriptions![0]!);
  const ctx = tenant();
  const [ana, rui, clearing] = [customer(), customer(), house()];
  await ledger.createAccounts(ctx, { accounts: [ana, rui, clearing] });
  await ledger.submit(ctx, { commands: [transfer(clearing, ana, 100_000n), transfer(clearing, rui, 50_000n)] });
  const settled = hold(ana, clearing, 700n);
  const released = hold(ana, clearing, 900n);
  const repeated = transfer(ana, rui, 11n);
  const { results } = await ledger.submit(ctx, {
    commands: [
      ...Array.from({ length: 60 }, (_, n) => (n % 2 ? transfer(ana, rui, BigInt(n)) : transfer(rui, clearing, BigInt(n + 1)))),
      settled,
      released,
      hold(rui, clearing, 5n),
      repeated,
      repeated,
      transfer(ana, rui, 10n ** 12n), // refused: not enough
      transfer(clearing, rui, 3n, { effectiveAt: '2019-02-17T01:30:00.000Z' }), // long ago
    ],
  });
  assert.equal(results.filter((result) => result.outcome === 'rejected').length, 1);
  const ends = [
    { id: crypto.randomUUID(), kind: 'settle' as const, holdId: settled.id, amountMinor: '650' },
    { id: crypto.randomUUID(), kind: 'release' as const, holdId: released.id },
  ];
  await ledger.submit(ctx, { commands: ends });
  // What a consumer of postings knows nothing of: reversals, amounts the ledger chose, and changes of rules in between.
  const back = await ledger.submit(ctx, {
    commands: [
      { id: crypto.randomUUID(), kind: 'reverse', transferId: repeated.id },
      { id: crypto.randomUUID(), kind: 'reverse', transferId: ends[0]!.id, amountMinor: '150' },
      { id: crypto.randomUUID(), kind: 'account', accountId: ana.id, state: 'frozen', reason: 'test' },
      transfer(rui, clearing, 10n ** 30n, { balancing: 'debit' }),
      { id: crypto.randomUUID(), kind: 'close-period', until: '2019-12-31' },
    ],
  });
  assert.ok(back.results.every((result) => result.outcome === 'done'));

  await eventually('the projection catches up', async () => {
    const [row] = await database.admin<{ waiting: boolean }>('select exists (select from ledger.outbox) as waiting');
    return !row!.waiting && (await bus.status()).every((status) => status.lag === 0n && status.deadLetters === 0);
  });
  const accounts = [ana, rui, clearing];
  const { balances } = await ledger.getBalances(ctx, { accountIds: accounts.map((account) => account.id) });
  const today = businessDate(Date.now());
  for (const { id } of accounts) {
    const { days, pending } = await cashflow.face!.impl.getDays(ctx, { accountId: id, from: today, to: today });
    assert.equal(days[0]!.closingMinor, balances.find((balance) => balance.accountId === id)!.postedMinor);
    assert.equal(pending, false);
  }
  const past = await cashflow.face!.impl.getDays(ctx, { accountId: rui.id, from: '2019-02-16', to: '2019-02-17' });
  assert.deepEqual(
    past.days.map((day) => [day.inMinor, day.closingMinor]),
    [
      ['3', '3'],
      ['0', '3'],
    ],
  );
});
