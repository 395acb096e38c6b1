import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Ledger, StatementLine } from './index.ts';
import { funded, hold, openLedger, tenant, transfer } from './test-support/fixture.ts';

describe('the statement', () => {
  let database: TestDatabase;
  let ledger: Ledger;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(database.db);
  });
  after(() => database.close());

  async function pages(
    ctx: ReturnType<typeof tenant>,
    accountId: string,
    limit: number,
    between: () => Promise<unknown> = async () => undefined,
    from = ledger,
    extra: object = {},
  ): Promise<StatementLine[]> {
    const lines: StatementLine[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<Ledger['getStatement']>> = await from.getStatement(ctx, {
        accountId,
        limit,
        ...extra,
        ...(cursor ? { cursor } : {}),
      });
      lines.push(...page.lines);
      cursor = page.next;
      await between();
    } while (cursor);
    return lines;
  }

  test('pages neither skip nor repeat while entries arrive', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 1_000);
    const early = Array.from({ length: 95 }, () => transfer(accounts.customer, accounts.house, 1));
    await ledger.submit(ctx, { commands: early });
    const lines = await pages(ctx, accounts.customer.id, 10, () =>
      ledger.submit(ctx, { commands: Array.from({ length: 7 }, () => transfer(accounts.house, accounts.customer, 1)) }),
    );
    assert.equal(lines.length, 96);
    assert.deepEqual(
      lines.map((line) => line.seq),
      lines.map((_, i) => 96 - i),
      'every line of before, once, newest first',
    );
    assert.deepEqual(
      lines.map((line) => line.postedMinor),
      lines.map((_, i) => String(905 + i)),
      'with the balance after each',
    );
  });

  test('shows settled lines, or holds too, by direction and by time', async () => {
    const ctx = tenant();
    const clock = manualClock(Date.parse('2026-05-01T10:00:00Z'));
    const own = openLedger(database.db, { clock });
    const accounts = await funded(own, ctx, 1_000);
    clock.advance(1_000);
    const held = hold(accounts.customer, accounts.house, 100, { metadata: { paymentId: 'p1' } });
    await own.submit(ctx, { commands: [held] });
    clock.advance(1_000);
    await own.submit(ctx, { commands: [{ id: newId(), kind: 'settle', holdId: held.id, amountMinor: '40' }] });
    const read = (extra: object) => own.getStatement(ctx, { accountId: accounts.customer.id, ...extra });
    const kinds = async (extra: object) => (await read(extra)).lines.map((line) => `${line.kind} ${line.direction} ${line.amountMinor}`);
    assert.deepEqual(await kinds({}), ['settle out 40', 'transfer in 1000']);
    assert.deepEqual(await kinds({ include: 'all' }), ['settle out 40', 'hold out 100', 'transfer in 1000']);
    assert.deepEqual(await kinds({ direction: 'in' }), ['transfer in 1000']);
    assert.deepEqual(await kinds({ from: '2026-05-01T10:00:01Z' }), ['settle out 40']);
    assert.deepEqual(await kinds({ to: '2026-05-01T10:00:02Z', include: 'all' }), ['hold out 100', 'transfer in 1000']);
    const [settle, holdLine] = (await read({ include: 'all' })).lines;
    assert.deepEqual([holdLine?.heldMinor, holdLine?.availableMinor, holdLine?.metadata], ['100', '900', { paymentId: 'p1' }]);
    assert.deepEqual([settle?.postedMinor, settle?.heldMinor, settle?.counterpartyAccountId], ['960', '0', accounts.house.id]);
  });

  test('pages go on over months without a movement', async () => {
    const ctx = tenant();
    const clock = manualClock(Date.parse('2025-02-10T12:00:00Z'));
    const own = openLedger(database.db, { clock });
    const accounts = await funded(own, ctx, 1_000);
    for (const days of [0, 1, 34, 35, 36, 100, 0, 200]) {
      clock.advance(days * 86_400_000);
      await own.submit(ctx, { commands: [transfer(accounts.customer, accounts.house, 1)] });
    }
    clock.advance(400 * 86_400_000);
    const all = [9, 8, 7, 6, 5, 4, 3, 2, 1];
    const seqs = async (limit: number, extra: object = {}) =>
      (await pages(ctx, accounts.customer.id, limit, undefined, own, extra)).map((line) => line.seq);
    for (const limit of [1, 2, 3, 4, 8, 9, 10]) assert.deepEqual(await seqs(limit), all, `pages of ${limit}`);
    assert.deepEqual(await seqs(2, { direction: 'in' }), [1]);
    assert.deepEqual(await seqs(2, { from: '2025-02-11T12:00:00Z', to: '2025-08-01T00:00:00Z' }), [6, 5, 4, 3]);
  });

  test('refuses a cursor that is none, and an account that is not there', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 1);
    await assert.rejects(ledger.getStatement(ctx, { accountId: accounts.customer.id, cursor: 'abc' }), /LEDGER_CURSOR_INVALID/);
    await assert.rejects(ledger.getStatement(ctx, { accountId: newId() }), /LEDGER_ACCOUNT_NOT_FOUND/);
  });
});
