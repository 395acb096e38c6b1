import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { releaseExpired } from './expiry.ts';
import { funded, log, openLedger, tenant } from './test-support/fixture.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

test('a hold shows who placed it, in its list, by its id and as a transfer; another neither settles nor releases it, and nothing moves', async () => {
  const ledger = openLedger(database.db);
  const one = tenant();
  const other: CallContext = { ...one, actor: { kind: 'service', id: 'other' } };
  const { customer, house } = await funded(ledger, one, 100);
  const id = newId();
  const hold = { id, kind: 'hold' as const, debitAccountId: customer.id, creditAccountId: house.id, amountMinor: '40' };
  assert.equal((await ledger.submit(one, { commands: [hold] })).results[0]?.outcome, 'done');
  // The same hold again is the first answer, whoever asks, and changes no owner.
  assert.equal((await ledger.submit(other, { commands: [hold] })).results[0]?.duplicate, true);
  const { holds } = await ledger.getHolds(one, { accountId: customer.id });
  assert.deepEqual(
    holds.map(({ placedBy }) => placedBy),
    ['service:test'],
  );
  assert.equal((await ledger.getHolds(one, { ids: [id] })).holds[0]?.placedBy, 'service:test');
  assert.equal((await ledger.getTransfers(one, { ids: [id] })).transfers[0]?.placedBy, 'service:test');

  // Also for a process that has none of it in memory.
  for (const process of [ledger, openLedger(database.db)]) {
    const tries = [
      { id: newId(), kind: 'settle' as const, holdId: id },
      { id: newId(), kind: 'settle' as const, holdId: id, amountMinor: '1', keepRest: true },
      { id: newId(), kind: 'release' as const, holdId: id },
    ];
    const { results } = await process.submit(other, { commands: tries });
    assert.deepEqual(
      results.map(({ code }) => code),
      Array(3).fill('LEDGER_HOLD_OF_ANOTHER'),
    );
  }
  const { balances } = await ledger.getBalances(one, { accountIds: [customer.id] });
  assert.deepEqual([balances[0]?.postedMinor, balances[0]?.heldMinor], ['100', '40']);
  const settle = { id: newId(), kind: 'settle' as const, holdId: id };
  assert.equal((await openLedger(database.db).submit(one, { commands: [settle] })).results[0]?.outcome, 'done');
});

test('what has expired is released by the ledger itself, whoever placed it', async () => {
  const clock = manualClock(Date.now());
  const ledger = openLedger(database.db, { clock });
  const ctx = tenant();
  const { customer, house } = await funded(ledger, ctx, 100);
  const expiresAt = new Date(clock.now() + 1_000).toISOString();
  const hold = { id: newId(), kind: 'hold' as const, debitAccountId: customer.id, creditAccountId: house.id, amountMinor: '40', expiresAt };
  await ledger.submit(ctx, { commands: [hold] });
  clock.advance(2_000);
  await releaseExpired({ db: database.db, face: ledger, clock, log });
  assert.equal((await ledger.getHolds(ctx, { ids: [hold.id] })).holds[0]?.state, 'expired');
});
