import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { businessDate, manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { findDrift } from './checker.ts';
import type { CommandInput, CommandResult, Ledger } from './index.ts';
import { customer, funded, hold, house, log, openLedger, tenant, transfer } from './test-support/fixture.ts';

const CASE = '0001234-56.2026.8.26.0100';
const DAY_MS = 86_400_000;
let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

const codes = (results: readonly CommandResult[]) => results.map((result) => result.code ?? 'done');
const freeze = (accountId: string, state: 'open' | 'frozen' | 'closed') => ({
  id: newId(),
  kind: 'account' as const,
  accountId,
  state,
  reason: 'test',
});

/** A ledger with one customer who has 1,000, and another process with an empty cache: what it answers comes from the tables. */
async function world(amount = 1_000) {
  const ctx = tenant();
  const [ledger, other] = [openLedger(database.db), openLedger(database.openAnother())];
  const accounts = await funded(ledger, ctx, amount);
  const send = async (...commands: CommandInput[]) => (await ledger.submit(ctx, { commands })).results;
  return { ctx, ledger, other, send, ...accounts };
}

/** The same commands again, here and in a process that never saw them, get the same answers. */
async function assertRepeats(ledgers: Ledger[], ctx: ReturnType<typeof tenant>, commands: CommandInput[], first: readonly CommandResult[]) {
  for (const ledger of ledgers) {
    const { results } = await ledger.submit(ctx, { commands });
    assert.deepEqual(
      results,
      first.map((result) => ({ ...result, duplicate: true })),
    );
  }
}

describe('every kind of command, as it is kept', () => {
  test('balancing, reversals, holds of courts, states and limits: read back as they were answered', async () => {
    const { ctx, ledger, other, send, customer: payer, house: clearing } = await world();
    const moved = transfer(payer, clearing, 400);
    const judicial = hold(payer, clearing, 5_000, { purpose: 'judicial', reference: CASE, balancing: 'debit' });
    const commands: CommandInput[] = [
      moved,
      { id: newId(), kind: 'reverse', transferId: moved.id, amountMinor: '100', metadata: { why: 'test' } },
      judicial,
      { id: newId(), kind: 'settle', holdId: judicial.id },
      { id: newId(), kind: 'settle', holdId: judicial.id, amountMinor: '650', reference: CASE },
      { id: newId(), kind: 'reverse', transferId: moved.id },
      { id: newId(), kind: 'reverse', transferId: moved.id },
      { id: newId(), kind: 'account', accountId: payer.id, overdraftLimitMinor: '50', reason: 'agreed' },
      transfer(payer, clearing, 9_999, { balancing: 'debit' }),
      freeze(payer.id, 'frozen'),
      transfer(payer, clearing, 1),
      freeze(payer.id, 'closed'),
    ];
    const results = await send(...commands);
    assert.deepEqual(codes(results), [
      ...Array(3).fill('done'),
      'LEDGER_HOLD_REFERENCE_MISMATCH',
      ...Array(2).fill('done'),
      'LEDGER_REVERSE_EXCEEDS',
      ...Array(3).fill('done'),
      'LEDGER_ACCOUNT_FROZEN',
      'LEDGER_ACCOUNT_NOT_EMPTY',
    ]);
    assert.deepEqual(
      results.map((result) => result.amountMinor),
      [undefined, '100', '700', undefined, '650', '300', undefined, undefined, '400', undefined, undefined, undefined],
    );
    await assertRepeats([ledger, other], ctx, commands, results);
    assert.deepEqual(
      [codes((await other.submit(ctx, { commands: [transfer(payer, clearing, 1)] })).results), await findDrift(database.db)],
      [['LEDGER_ACCOUNT_FROZEN'], []],
      'another process reads the state from the tables',
    );
    const { balances } = await other.getBalances(ctx, { accountIds: [payer.id] });
    assert.deepEqual(
      [balances[0]?.postedMinor, balances[0]?.heldMinor, balances[0]?.overdraftLimitMinor, balances[0]?.state],
      ['-50', '0', '50', 'frozen'],
    );
    const ids = [judicial.id, commands[5]!.id, commands[8]!.id];
    const { transfers } = await other.getTransfers(ctx, { ids });
    assert.deepEqual(
      transfers.map(({ kind, amountMinor, requestedMinor, balancing, reverses, purpose, reference }) => [
        kind,
        amountMinor,
        requestedMinor,
        balancing,
        reverses,
        purpose,
        reference,
      ]),
      [
        ['hold', '700', '5000', 'debit', null, 'judicial', CASE],
        ['reverse', '300', '400', null, moved.id, null, null],
        ['transfer', '400', '9999', 'debit', null, null, null],
      ],
    );
  });

  test('other content under a used id names its field, whatever the kind', async () => {
    const { ctx, other, send, customer: payer, house: clearing } = await world();
    const moved = transfer(payer, clearing, 400);
    const [reversal, frozen] = [{ id: newId(), kind: 'reverse' as const, transferId: moved.id }, freeze(clearing.id, 'frozen')];
    const closed = { id: newId(), kind: 'close-period' as const, until: businessDate(Date.now() - 2 * DAY_MS) };
    const refused = { ...frozen, id: newId(), accountId: newId(), overdraftLimitMinor: '7' };
    assert.deepEqual(codes(await send(moved, reversal, frozen, closed, refused)), [...Array(4).fill('done'), 'LEDGER_ACCOUNT_UNKNOWN']);
    const { results } = await other.submit(ctx, {
      commands: [
        { ...reversal, amountMinor: '399' },
        { ...frozen, state: 'open' },
        { ...closed, until: businessDate(Date.now() - DAY_MS) },
        { ...refused, overdraftLimitMinor: '8' },
        { ...refused },
        { ...moved, id: closed.id },
      ],
    });
    assert.deepEqual(
      results.map((result) => result.field ?? result.code),
      ['amountMinor', 'state', 'until', 'overdraftLimitMinor', 'LEDGER_ACCOUNT_UNKNOWN', 'kind'],
    );
  });

  test('a reversal is bounded by what other processes took back meanwhile', async () => {
    const { ctx, ledger, other, send, customer: payer, house: clearing } = await world();
    const moved = transfer(payer, clearing, 100);
    await send(moved);
    const parts = Array.from({ length: 40 }, (_, i) =>
      (i % 2 ? ledger : other).submit(ctx, { commands: [{ id: newId(), kind: 'reverse', transferId: moved.id, amountMinor: '7' }] }),
    );
    const answers = (await Promise.all(parts)).flatMap(({ results }) => codes(results));
    assert.equal(answers.filter((code) => code === 'done').length, 14, '14 times 7 is 98');
    assert.deepEqual([...new Set(answers)].sort(), ['LEDGER_REVERSE_EXCEEDS', 'done']);
    assert.deepEqual(await findDrift(database.db), []);
  });

  test('a block mixes kinds and assets, is one transaction, and sweeps an account closed', async () => {
    const { ctx, ledger, other, customer: payer, house: clearing } = await world();
    const [mine, theirs] = [customer({ asset: 'USD' }), house({ asset: 'USD' })];
    await ledger.createAccounts(ctx, { accounts: [mine, theirs] });
    const commands = [
      transfer(payer, clearing, 10n ** 37n, { balancing: 'debit' }),
      transfer(theirs, mine, 30),
      freeze(payer.id, 'closed'),
    ];
    const { results } = await ledger.submit(ctx, { commands, atomic: true });
    assert.deepEqual(codes(results), Array(3).fill('done'));
    const { transfers } = await ledger.getTransfers(ctx, { ids: commands.map(({ id }) => id) });
    assert.deepEqual(
      transfers.map((one) => one.blockId),
      [commands[0]!.id, commands[0]!.id],
    );
    const late = await other.submit(ctx, { commands: [transfer(clearing, payer, 1)] });
    assert.deepEqual(codes(late.results), ['LEDGER_ACCOUNT_CLOSED']);
    await assertRepeats([ledger, other], ctx, commands, results);
  });

  test('a closed period refuses in every process, and survives a new one', async () => {
    const clock = manualClock(Date.parse('2026-03-10T12:00:00Z'));
    const ctx = tenant();
    const ledger = openLedger(database.db, { clock });
    const other = openLedger(database.openAnother(), { clock });
    const { customer: payer, house: clearing } = await funded(ledger, ctx, 100);
    const dated = () => transfer(payer, clearing, 1, { effectiveAt: '2026-03-09T23:00:00Z' });
    assert.deepEqual(codes((await other.submit(ctx, { commands: [dated()] })).results), ['done']);
    await ledger.submit(ctx, { commands: [{ id: newId(), kind: 'close-period', until: '2026-03-09' }] });
    for (const one of [ledger, other, openLedger(database.openAnother(), { clock })]) {
      assert.deepEqual(codes((await one.submit(ctx, { commands: [dated()] })).results), ['LEDGER_PERIOD_CLOSED']);
    }
    const { results } = await ledger.submit(ctx, { commands: [{ id: newId(), kind: 'close-period', until: '2026-03-10' }] });
    assert.deepEqual(codes(results), ['LEDGER_PERIOD_NOT_OVER']);
  });

  test('a MED block past its time is released by name of its case', async () => {
    const clock = manualClock(Date.parse('2026-03-10T12:00:00Z'));
    const ctx = tenant();
    const ledger = openLedger(database.db, { clock });
    const { customer: payer, house: clearing } = await funded(ledger, ctx, 100);
    const med = hold(payer, clearing, 60, { purpose: 'med', reference: 'MED-1', expiresAt: '2026-03-10T12:00:01Z' });
    await ledger.submit(ctx, { commands: [med] });
    clock.advance(2_000);
    const { releaseExpired } = await import('./expiry.ts');
    await releaseExpired({ db: database.db, clock, log, face: ledger });
    const { holds } = await ledger.getHolds(ctx, { ids: [med.id] });
    assert.deepEqual([holds[0]?.state, holds[0]?.purpose, holds[0]?.reference], ['expired', 'med', 'MED-1']);
  });
});

test('directives are told of, in their place among the movements', async () => {
  const { ctx, send, customer: payer, house: clearing } = await world();
  const moved = transfer(payer, clearing, 10);
  await send(moved, freeze(payer.id, 'frozen'), freeze(payer.id, 'open'), { id: newId(), kind: 'reverse', transferId: moved.id });
  const events = await database.admin<{ type: string; key: string; data: Record<string, unknown> }>(
    `select type, key, data from ledger.outbox_events where tenant_id = '${ctx.tenantId}' order by seq, place`,
  );
  const [, , , ...told] = events;
  assert.deepEqual(
    told.map(({ type, data }) => [type, data.seq]),
    [
      ['ledger.entry-posted.v1', 2],
      ['ledger.account-changed.v1', 3],
      ['ledger.account-changed.v1', 4],
      ['ledger.entry-posted.v1', 5],
    ],
  );
  assert.deepEqual([told[1]?.data.state, told[2]?.data.state, told[1]?.key], ['frozen', 'open', payer.id]);
  assert.deepEqual([told[3]?.data.kind, told[3]?.data.reverses, told[0]?.data.reverses], ['transfer', moved.id, null]);
});
