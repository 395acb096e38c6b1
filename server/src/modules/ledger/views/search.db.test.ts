import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import { newId } from '#platform/id.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import type { Ledger, TransferView } from '../index.ts';
import { customer, funded, hold, house, openLedger, tenant, transfer } from '../test-support/fixture.ts';
import { followTags, followTenant, tagsJob } from './tag-follower.ts';

type Query = Parameters<Ledger['listTransfers']>[1];

describe('searching the ledger', () => {
  let database: TestDatabase;
  let ledger: Ledger;
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(database.db);
  });
  after(() => database.close());

  const idsOf = (transfers: readonly { id: string }[]) => transfers.map((one) => one.id);

  async function allPages(ctx: ReturnType<typeof tenant>, query: Query, between: () => Promise<unknown> = async () => undefined) {
    const transfers: TransferView[] = [];
    for (let cursor: string | null = null, pages = 0; pages === 0 || cursor !== null; pages++) {
      const page: Awaited<ReturnType<Ledger['listTransfers']>> = await ledger.listTransfers(ctx, {
        ...query,
        ...(cursor ? { cursor } : {}),
      });
      transfers.push(...page.transfers);
      cursor = page.next;
      await between();
    }
    return transfers;
  }

  test('by account, by block, by time, newest or oldest first', async () => {
    const ctx = tenant();
    const clock = manualClock(Date.parse('2026-03-01T12:00:00Z'));
    const timed = openLedger(database.db, { clock });
    const accounts = await funded(timed, ctx, 1_000);
    const other = customer();
    await timed.createAccounts(ctx, { accounts: [other] });
    clock.advance(60_000);
    const block = [transfer(accounts.customer, other, 5), transfer(other, accounts.house, 2), hold(accounts.customer, accounts.house, 3)];
    await timed.submit(ctx, { commands: block, atomic: true });
    clock.advance(60_000);
    const last = transfer(accounts.house, accounts.customer, 9);
    await timed.submit(ctx, { commands: [last] });

    assert.deepEqual(idsOf((await timed.listTransfers(ctx, { accountId: other.id })).transfers), [block[1]!.id, block[0]!.id]);
    const ofBlock = await timed.listTransfers(ctx, { blockId: block[0]!.id });
    assert.deepEqual([idsOf(ofBlock.transfers), ofBlock.next], [idsOf(block), null]);
    assert.ok(ofBlock.transfers.every((one) => one.blockId === block[0]!.id));
    assert.deepEqual((await timed.listTransfers(ctx, { blockId: last.id })).transfers, [], 'a transfer of no block');
    const asc = await allPages(ctx, { order: 'asc', limit: 2 });
    assert.deepEqual(
      asc.map((one) => one.seq),
      [1, 2, 3, 4, 5],
    );
    const window = { from: '2026-03-01T12:01:00Z', to: '2026-03-01T12:02:00Z' };
    assert.deepEqual(idsOf(await allPages(ctx, { ...window, limit: 1 })), idsOf(block).reverse());
    assert.deepEqual((await ledger.listTransfers(tenant(), {})).transfers, [], 'another tenant sees nothing');
  });

  test('by metadata, as soon as the tags have followed; two followers at once change nothing', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 1_000);
    const about = (reference: string) => transfer(accounts.house, accounts.customer, 1, { metadata: { reference, kind: 'salary' } });
    const commands = [about('a'), about('b'), about('a'), transfer(accounts.house, accounts.customer, 1)];
    await ledger.submit(ctx, { commands });
    await Promise.all([followTags(database.db), followTags(database.db)]);
    await followTags(database.db);
    assert.equal(await followTenant(database.db, ctx.tenantId), 0);
    const find = async (key: string, value: string) => idsOf(await allPages(ctx, { key, value, limit: 2 }));
    assert.deepEqual(await find('reference', 'a'), [commands[2]!.id, commands[0]!.id]);
    assert.deepEqual(await find('kind', 'salary'), idsOf(commands).slice(0, 3).reverse());
    assert.deepEqual(await find('reference', 'c'), []);
    assert.deepEqual(await find('salary', 'kind'), []);
  });

  test('the lag in /metrics is what the tags have still to read', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 1_000);
    const commands = Array.from({ length: 8_000 }, () => transfer(accounts.house, accounts.customer, 1, { metadata: { many: 'yes' } }));
    await ledger.submit(ctx, { commands });
    assert.equal(await followTenant(database.db, ctx.tenantId), 3_001, 'a page of 5,000 of 8,001 records');
    const metrics = createMetrics();
    tagsJob(database.db, metrics);
    assert.match(await metrics.registry.metrics(), /lastro_ledger_tags_lag 3001/);
    while ((await followTags(database.db)) !== 0);
    assert.match(await metrics.registry.metrics(), /lastro_ledger_tags_lag 0/);
    const [counted] = await database.admin<{ n: number }>(`select count(*)::int as n from ledger.tags where tenant_id = $1`, [
      ctx.tenantId,
    ]);
    assert.equal(counted!.n, 8_000);
  });

  for (const query of [
    { order: 'desc' },
    { order: 'asc' },
    { by: 'effective' },
    { by: 'effective', order: 'asc' },
    { account: true },
    { tag: true },
  ] as const) {
    test(`pages neither skip nor repeat while others write: ${JSON.stringify(query)}`, async () => {
      const ctx = tenant();
      const accounts = await funded(ledger, ctx, 0);
      const { account = false, tag = false, ...rest } = { account: false, tag: false, ...query };
      const day = (i: number) => new Date(Date.UTC(2026, 0, 1 + (i % 28))).toISOString();
      const make = (i: number) =>
        transfer(accounts.house, accounts.customer, 1, { metadata: { t: 'x' }, ...(i % 3 === 0 ? { effectiveAt: day(i * 7) } : {}) });
      const early = Array.from({ length: 120 }, (_, i) => make(i));
      await ledger.submit(ctx, { commands: early });
      await followTenant(database.db, ctx.tenantId);
      let stopped = false;
      const writers = [0, 1, 2].map(async (writer) => {
        for (let i = 0; !stopped; i++) await ledger.submit(ctx, { commands: [make(i + writer), make(i)] });
      });
      const criteria = { ...(account ? { accountId: accounts.customer.id } : {}), ...(tag ? { key: 't', value: 'x' } : {}) };
      const found = await allPages(ctx, { ...rest, ...criteria, limit: 7 }, async () => {
        if (tag) await followTenant(database.db, ctx.tenantId);
        // Oldest first there would be no end to it while they write.
        if (rest && 'order' in rest && rest.order === 'asc') stopped = true;
      });
      stopped = true;
      await Promise.all(writers);
      const ids = idsOf(found);
      assert.equal(new Set(ids).size, ids.length, 'nothing twice');
      const wanted = new Set(idsOf(early));
      assert.equal(ids.filter((id) => wanted.has(id)).length, early.length, 'nothing of before is missing');
      const key = (one: TransferView) => ('by' in rest ? [one.effectiveAt, one.recordedAt, one.seq] : [one.recordedAt, one.seq]);
      const places = found.map((one) =>
        key(one)
          .map((part) => String(part).padStart(12, '0'))
          .join(),
      );
      const sorted = places.toSorted();
      assert.deepEqual(places, 'order' in rest && rest.order === 'asc' ? sorted : sorted.reverse());
    });
  }

  test('by effective date between two instants: what was backdated into them, too', async () => {
    const ctx = tenant();
    const accounts = await funded(ledger, ctx, 0);
    const at = (effectiveAt: string) => transfer(accounts.house, accounts.customer, 1, { effectiveAt });
    const commands = [at('2026-01-05T00:00:00Z'), at('2026-01-04T23:59:59.999Z'), at('2026-01-06T00:00:00Z'), at('2026-01-05T12:00:00Z')];
    await ledger.submit(ctx, { commands });
    const window = { from: '2026-01-05T00:00:00Z', to: '2026-01-06T00:00:00Z', by: 'effective' } as const;
    for (const accountId of [undefined, accounts.house.id]) {
      const found = await allPages(ctx, { ...window, limit: 1, ...(accountId ? { accountId } : {}) });
      assert.deepEqual(idsOf(found), [commands[3]!.id, commands[0]!.id]);
    }
    assert.deepEqual(idsOf(await allPages(ctx, { ...window, by: 'recorded' })), [], 'nothing was recorded then');
  });

  test('criteria that do not go together are refused, cursors of others, too', async () => {
    const ctx = tenant();
    const id = newId();
    const bad: Query[] = [
      { key: 'a' },
      { value: 'a' },
      { accountId: id, blockId: id },
      { direction: 'in' },
      { blockId: id, limit: 3 },
      { metadata: { a: 'b' }, by: 'effective' },
      { by: 'effective', key: 'a', value: 'b' },
      { blockId: id, by: 'effective' },
    ];
    for (const query of bad)
      await assert.rejects(ledger.listTransfers(ctx, query), { code: 'LEDGER_QUERY_INVALID' }, JSON.stringify(query));
    await assert.rejects(ledger.listTransfers(ctx, { accountId: id }), { code: 'LEDGER_ACCOUNT_NOT_FOUND' });
    const cursors = ['x', 'MS4y', Buffer.from('1.2.3').toString('base64url'), Buffer.from(`9${'9'.repeat(16)}.1`).toString('base64url')];
    for (const cursor of cursors)
      await assert.rejects(ledger.listTransfers(ctx, { cursor, by: 'effective' }), { code: 'LEDGER_CURSOR_INVALID' }, cursor);
    const beyond = Buffer.from('-9007199254740991.5').toString('base64url');
    assert.deepEqual((await ledger.listTransfers(ctx, { cursor: beyond })).transfers, []);
  });

  test('accounts by subject, code and asset, page by page, with their balances', async () => {
    const ctx = tenant();
    const subjectId = newId();
    const accounts = [
      customer({ subjectId }),
      customer({ subjectId, asset: 'USD' }),
      customer(),
      house(),
      ...Array.from({ length: 7 }, () => house({ code: 'fees', asset: 'USD' })),
    ];
    await ledger.createAccounts(ctx, { accounts });
    await ledger.submit(ctx, { commands: [transfer(accounts[3]!, accounts[0]!, 77)] });
    const list = async (query: Parameters<Ledger['listAccounts']>[1], between: () => Promise<unknown> = async () => undefined) => {
      const found = [];
      for (let cursor: string | null = null, pages = 0; pages === 0 || cursor !== null; pages++) {
        const page: Awaited<ReturnType<Ledger['listAccounts']>> = await ledger.listAccounts(ctx, {
          ...query,
          ...(cursor ? { cursor } : {}),
        });
        found.push(...page.accounts);
        cursor = page.next;
        await between();
      }
      return found;
    };
    const sorted = (some: { id: string }[]) => idsOf(some).sort();
    const ids = async (query: Parameters<Ledger['listAccounts']>[1]) => (await list(query)).map((one) => one.accountId);
    assert.deepEqual(await ids({ subjectId }), sorted(accounts.slice(0, 2)));
    assert.deepEqual(await ids({ subjectId, asset: 'USD' }), [accounts[1]!.id]);
    assert.deepEqual(await ids({ code: 'fees', limit: 2 }), sorted(accounts.slice(4)));
    assert.deepEqual(await ids({ asset: 'BRL', code: 'customer' }), sorted([accounts[0]!, accounts[2]!]));
    assert.equal((await list({ subjectId, asset: 'BRL' }))[0]!.postedMinor, '77');
    const seen = await list({ limit: 3 }, () => ledger.createAccounts(ctx, { accounts: [house({ id: `00000000${newId().slice(8)}` })] }));
    assert.deepEqual(
      seen.map((one) => one.accountId).filter((id) => sorted(accounts).includes(id)),
      sorted(accounts),
    );
    await assert.rejects(ledger.listAccounts(ctx, { cursor: 'abc' }), { code: 'LEDGER_CURSOR_INVALID' });
  });
});
