import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Ledger } from './index.ts';
import { customer, funded, hold, house, openLedger, tenant, transfer } from './test-support/fixture.ts';

describe('the ledger on Postgres', () => {
  let database: TestDatabase;
  let ledger: Ledger;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(database.db);
  });
  after(() => database.close());

  test('moves money between two accounts and says what it did', async () => {
    const ctx = tenant();
    const { customer: person, house: clearing } = await funded(ledger, ctx, 10_000);
    const command = transfer(person, clearing, 2_500, { metadata: { paymentId: 'p-1' } });
    const { results } = await ledger.submit(ctx, { commands: [command] });
    assert.equal(results[0]?.outcome, 'done');
    assert.equal(results[0]?.seq, 2);
    const { balances, asOfSeq } = await ledger.getBalances(ctx, { accountIds: [person.id, clearing.id] });
    assert.equal(asOfSeq, 2);
    assert.deepEqual(
      balances.map((one) => [one.postedMinor, one.heldMinor, one.availableMinor]),
      [
        ['7500', '0', '7500'],
        ['7500', '0', '7500'],
      ],
    );
    const { transfers } = await ledger.getTransfers(ctx, { ids: [command.id] });
    assert.equal(transfers[0]?.amountMinor, '2500');
    assert.deepEqual(transfers[0]?.metadata, { paymentId: 'p-1' });
    const trial = await ledger.trialBalance(ctx, {});
    assert.equal(trial.assets[0]?.differenceMinor, '0');
  });

  test('repeats an answer for the same id, and refuses the id for other content', async () => {
    const ctx = tenant();
    const { customer: person, house: clearing } = await funded(ledger, ctx, 1_000);
    const command = transfer(person, clearing, 700);
    const first = await ledger.submit(ctx, { commands: [command] });
    const again = await ledger.submit(ctx, { commands: [command] });
    assert.deepEqual(again.results[0], { ...first.results[0], duplicate: true });
    const other = await ledger.submit(ctx, { commands: [{ ...command, amountMinor: '701' }] });
    assert.equal(other.results[0]?.code, 'LEDGER_ID_CONFLICT');
    assert.equal(other.results[0]?.field, 'amountMinor');
    const tooMuch = transfer(person, clearing, 301);
    const refused = await ledger.submit(ctx, { commands: [tooMuch] });
    assert.equal(refused.results[0]?.code, 'LEDGER_INSUFFICIENT_FUNDS');
    await ledger.submit(ctx, { commands: [transfer(clearing, person, 5_000)] });
    const stays = await ledger.submit(ctx, { commands: [tooMuch] });
    assert.deepEqual(stays.results[0], { ...refused.results[0], duplicate: true });
  });

  test('holds, settles in part, releases, and refuses to do so twice', async () => {
    const ctx = tenant();
    const { customer: person, house: clearing } = await funded(ledger, ctx, 1_000);
    const first = hold(person, clearing, 800);
    await ledger.submit(ctx, { commands: [first] });
    const settle = { id: newId(), kind: 'settle' as const, holdId: first.id, amountMinor: '300' };
    const [tooMuch, done] = (await ledger.submit(ctx, { commands: [transfer(person, clearing, 201), settle] })).results;
    assert.equal(tooMuch?.code, 'LEDGER_INSUFFICIENT_FUNDS');
    assert.equal(done?.outcome, 'done');
    const twice = await ledger.submit(ctx, { commands: [{ id: newId(), kind: 'release', holdId: first.id }] });
    assert.equal(twice.results[0]?.code, 'LEDGER_HOLD_ALREADY_SETTLED');
    const { balances } = await ledger.getBalances(ctx, { accountIds: [person.id] });
    assert.deepEqual([balances[0]?.postedMinor, balances[0]?.heldMinor], ['700', '0']);
    const { holds } = await ledger.getHolds(ctx, { ids: [first.id] });
    assert.deepEqual([holds[0]?.state, holds[0]?.settledMinor], ['settled', '300']);
  });

  test('a block happens whole or not at all', async () => {
    const ctx = tenant();
    const { customer: person, house: clearing } = await funded(ledger, ctx, 1_000);
    const commands = [transfer(person, clearing, 600), transfer(person, clearing, 600)];
    const { results } = await ledger.submit(ctx, { commands, atomic: true });
    assert.deepEqual(
      results.map((result) => result.code),
      ['LEDGER_CHAIN_FAILED', 'LEDGER_INSUFFICIENT_FUNDS'],
    );
    const again = await ledger.submit(ctx, { commands, atomic: true });
    assert.ok(again.results.every((result) => result.duplicate));
    const { balances } = await ledger.getBalances(ctx, { accountIds: [person.id] });
    assert.equal(balances[0]?.postedMinor, '1000');
  });

  test('opens accounts once, and names the field that differs', async () => {
    const ctx = tenant();
    const account = customer();
    assert.equal((await ledger.createAccounts(ctx, { accounts: [account] })).results[0]?.duplicate, false);
    assert.equal((await ledger.createAccounts(ctx, { accounts: [account] })).results[0]?.duplicate, true);
    await assert.rejects(
      ledger.createAccounts(ctx, { accounts: [{ ...account, overdraftLimitMinor: '5' }, house()] }),
      /overdraftLimitMinor/,
    );
  });

  test('balance at an instant is what was recorded by then', async () => {
    const ctx = tenant();
    const clock = manualClock(Date.parse('2026-03-01T12:00:00Z'));
    const own = openLedger(database.db, { clock });
    const { customer: person, house: clearing } = await funded(own, ctx, 1_000);
    clock.advance(60_000);
    await own.submit(ctx, { commands: [transfer(person, clearing, 400)] });
    const before = await own.getBalances(ctx, { accountIds: [person.id], at: '2026-03-01T12:00:59.999Z' });
    const now = await own.getBalances(ctx, { accountIds: [person.id] });
    assert.deepEqual([before.balances[0]?.postedMinor, now.balances[0]?.postedMinor], ['1000', '600']);
  });
});
