import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { takeDice } from '../../../../test/support/dice.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import type { Ledger, StatementLine } from '../index.ts';
import { funded, hold, openLedger, tenant, transfer } from '../test-support/fixture.ts';

describe('the statement by effective date', () => {
  let database: TestDatabase;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
  });
  after(() => database.close());

  type Query = Omit<Parameters<Ledger['getStatement']>[1], 'accountId'>;
  type Recorded = { id: string; recordedMs: number; effectiveMs: number; seq: number; posted: bigint; held: bigint; out: boolean };

  async function allPages(ledger: Ledger, ctx: ReturnType<typeof tenant>, accountId: string, query: Query, between = async () => {}) {
    const lines: StatementLine[] = [];
    for (let cursor: string | null = null, pages = 0; pages === 0 || cursor !== null; pages++) {
      const asked = { accountId, order: 'effective' as const, ...query, ...(cursor ? { cursor } : {}) };
      const page: Awaited<ReturnType<Ledger['getStatement']>> = await ledger.getStatement(ctx, asked);
      lines.push(...page.lines);
      cursor = page.next;
      await between();
    }
    return lines;
  }

  /** What the statement must say, added up line by line from what was recorded. */
  function expected(records: Recorded[], query: { knownMs: number; from?: number; to?: number; posted?: boolean; out?: boolean }) {
    const known = records.filter((one) => one.recordedMs <= query.knownMs);
    known.sort((a, b) => a.effectiveMs - b.effectiveMs || a.recordedMs - b.recordedMs || a.seq - b.seq);
    let [posted, held] = [0n, 0n];
    const lines = known.map((one) => {
      posted += one.posted;
      held += one.held;
      return { id: one.id, postedMinor: String(posted), heldMinor: String(held), one };
    });
    const { from = -Infinity, to = Infinity } = query;
    return lines
      .filter(({ one }) => one.effectiveMs >= from && one.effectiveMs < to)
      .filter(({ one }) => (!query.posted || one.posted !== 0n) && (!query.out || one.out))
      .map(({ id, postedMinor, heldMinor }) => ({ id, postedMinor, heldMinor }))
      .reverse();
  }
  const said = (lines: StatementLine[]) =>
    lines.map(({ transferId, postedMinor, heldMinor }) => ({ id: transferId, postedMinor, heldMinor }));

  for (const seed of [1, 2, 3]) {
    test(`equals what is added up by hand, whatever was backdated, for every page size and instant (seed ${seed})`, async () => {
      const dice = takeDice(seed);
      const clock = manualClock(Date.parse('2026-02-01T00:00:00Z'));
      const ledger = openLedger(database.db, { clock });
      const ctx = tenant();
      const accounts = await funded(ledger, ctx, 0);
      const start = clock.now();
      const records: Recorded[] = [];
      for (let i = 0; i < 60; i++) {
        // Several batches share an instant, and a backdated line may share one with what was recorded then.
        if (dice.whole(0, 2) > 0) clock.advance(1_000 * dice.whole(0, 3));
        const effectiveMs = dice.whole(0, 1) === 0 ? clock.now() : start + 1_000 * dice.whole(0, (clock.now() - start) / 1_000);
        const effectiveAt = new Date(effectiveMs).toISOString();
        const isHold = dice.whole(0, 4) === 0;
        const isOut = isHold || dice.whole(0, 3) === 0;
        const [from, to] = isOut ? [accounts.customer, accounts.house] : [accounts.house, accounts.customer];
        const amount = isOut ? 1 : dice.whole(1, 50);
        const command = (isHold ? hold : transfer)(from, to, amount, { effectiveAt });
        const { results } = await ledger.submit(ctx, { commands: [command] });
        if (results[0]!.outcome !== 'done') continue;
        const sign = isOut ? -1n : 1n;
        records.push({
          id: command.id,
          recordedMs: clock.now(),
          effectiveMs,
          seq: results[0]!.seq!,
          posted: isHold ? 0n : sign * BigInt(amount),
          held: isHold ? BigInt(amount) : 0n,
          out: isOut,
        });
      }
      assert.ok(records.length > 30);
      const id = accounts.customer.id;
      const now = { knownMs: clock.now() };
      for (const limit of [1, 7, 200])
        assert.deepEqual(said(await allPages(ledger, ctx, id, { limit, include: 'all' })), expected(records, now));
      assert.deepEqual(said(await allPages(ledger, ctx, id, { limit: 5 })), expected(records, { ...now, posted: true }));
      assert.deepEqual(
        said(await allPages(ledger, ctx, id, { limit: 3, direction: 'out' })),
        expected(records, { ...now, posted: true, out: true }),
      );
      const middle = records[Math.floor(records.length / 2)]!;
      const knownAt = new Date(middle.recordedMs).toISOString();
      const then = expected(records, { knownMs: middle.recordedMs });
      assert.deepEqual(said(await allPages(ledger, ctx, id, { limit: 4, include: 'all', knownAt })), then);
      const [from, to] = [start + 5_000, start + 30_000];
      const window = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
      assert.deepEqual(
        said(await allPages(ledger, ctx, id, { limit: 2, include: 'all', ...window })),
        expected(records, { ...now, from, to }),
      );
    });
  }

  test('the cursor fixes what is known: what is backdated while pages are turned shifts nothing', async () => {
    const ledger = openLedger(database.db);
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 0);
    const dated = (day: number) =>
      transfer(accounts.house, accounts.customer, 10, { effectiveAt: new Date(Date.UTC(2026, 0, day)).toISOString() });
    const early = Array.from({ length: 20 }, (_, i) => dated(1 + i));
    await ledger.submit(ctx, { commands: early });
    let day = 0;
    const lines = await allPages(ledger, ctx, accounts.customer.id, { limit: 3 }, async () => {
      day += 1;
      await ledger.submit(ctx, { commands: [dated(day), dated(21 - day), transfer(accounts.house, accounts.customer, 10)] });
    });
    assert.deepEqual(
      lines.map((line) => line.transferId),
      early.map((one) => one.id).reverse(),
    );
    assert.deepEqual(
      lines.map((line) => line.postedMinor),
      early.map((_, i) => String(200 - 10 * i)),
    );
    const query = { accountId: accounts.customer.id, knownAt: new Date().toISOString() };
    await assert.rejects(ledger.getStatement(ctx, query), { code: 'LEDGER_QUERY_INVALID' });
  });
});
