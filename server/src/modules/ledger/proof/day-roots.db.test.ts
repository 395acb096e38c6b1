import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { manualClock } from '#platform/clock.ts';
import type { App, Caller } from '#platform/http/app.ts';
import { createHttpServer } from '#platform/http/server.ts';
import { newId, publicId } from '#platform/id.ts';
import { closeDays } from '#platform/proof/day-roots.ts';
import { flawOfProof, type InclusionProof } from '#platform/proof/inclusion.ts';
import { inclusionPath, merkleRoot } from '#platform/proof/merkle.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import { funded, log, openLedger, tenant, transfer } from '../test-support/fixture.ts';
import { proofRoutes } from './http.ts';
import { ledgerChain } from './ledger-chain.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const NOON = Date.parse('2026-03-09T12:00:00.000Z');
const hex = (buffer: Buffer) => buffer.toString('hex');

describe('roots of days', () => {
  let database: TestDatabase;
  let app: App;
  const callers = new Map<string, Caller>();
  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    app = await createHttpServer({ log, metrics: createMetrics(), verifyToken: async (token) => callers.get(token)! });
    proofRoutes(app, database.db);
  });
  after(async () => {
    await app.close();
    await database.close();
  });

  const get = async (token: string, url: string) => {
    const answer = await app.inject({ url, headers: { authorization: `Bearer ${token}` } });
    return { status: answer.statusCode, body: answer.json() };
  };
  const letIn = (tenantId: string): string => {
    callers.set(tenantId, { tenantId, actor: { kind: 'service', id: 'test' }, scopes: new Set(['ledger:read']) });
    return tenantId;
  };
  const leavesOf = async (tenantId: string, day: string) =>
    (
      await database.admin<{ hash: Buffer }>(
        `select hash from ledger.transfers where tenant_id = $1 and (recorded_at at time zone 'UTC')::date = $2::date order by seq`,
        [tenantId, day],
      )
    ).map(({ hash }) => hash);

  test('a day gets its root once it is over, chained to the one before; a day without records gets none', async () => {
    const ctx = tenant();
    const clock = manualClock(NOON);
    const ledger = openLedger(database.db, { clock });
    const { customer, house } = await funded(ledger, ctx, 1_000);
    await ledger.submit(ctx, { commands: [transfer(customer, house, 1), transfer(customer, house, 2)] });
    assert.equal(await closeDays(database.db, ledgerChain, clock.now()), 0, 'today is not over');
    clock.advance(2 * DAY_MS);
    await ledger.submit(ctx, { commands: [transfer(customer, house, 3)] });
    assert.equal(await closeDays(database.db, ledgerChain, clock.now()), 1);
    clock.advance(DAY_MS);
    assert.equal(await closeDays(database.db, ledgerChain, clock.now()), 1, 'a quiet tenant, too');
    assert.equal(await closeDays(database.db, ledgerChain, clock.now()), 0, 'once only');

    const token = letIn(ctx.tenantId);
    const { body } = await get(token, '/v1/ledger/day-roots');
    const [second, first] = body.days;
    assert.deepEqual(
      body.days.map(({ day, firstSeq, lastSeq, count }: Record<string, unknown>) => [day, firstSeq, lastSeq, count]),
      [
        ['2026-03-11', 4, 4, 1],
        ['2026-03-09', 1, 3, 3],
      ],
    );
    assert.equal(first.root, hex(merkleRoot(await leavesOf(ctx.tenantId, '2026-03-09'))));
    assert.equal(second.previousRoot, first.root);
    assert.equal(first.previousRoot, undefined);
    const page = await get(token, '/v1/ledger/day-roots?limit=1&before=2026-03-11');
    assert.deepEqual(
      page.body.days.map(({ day }: { day: string }) => day),
      ['2026-03-09'],
    );
  });

  test('after a day is sealed nothing can be recorded into it, not even by a process whose clock is late', async () => {
    const ctx = tenant();
    const clock = manualClock(Date.parse('2026-03-09T23:59:59.000Z'));
    const late = openLedger(database.db, { clock });
    const { customer, house } = await funded(late, ctx, 1_000);
    assert.equal(await closeDays(database.db, ledgerChain, clock.now() + 60_000), 1);
    const { results } = await late.submit(ctx, { commands: [transfer(customer, house, 1)] });
    assert.deepEqual([results[0]?.outcome, results[0]?.recordedAt?.slice(0, 10)], ['done', '2026-03-10']);
  });

  test('a process whose clock is ahead seals no day that still goes on', async () => {
    const ctx = tenant();
    const ledger = openLedger(database.db);
    const { customer, house } = await funded(ledger, ctx, 1_000);
    await closeDays(database.db, ledgerChain, Date.now() + 2 * DAY_MS);
    const { results } = await ledger.submit(ctx, { commands: [transfer(customer, house, 1)] });
    assert.equal(results[0]?.outcome, 'done');
    assert.ok(Date.parse(results[0]!.recordedAt!) < Date.now() + 2_000, results[0]!.recordedAt!);
    assert.deepEqual((await get(letIn(ctx.tenantId), '/v1/ledger/day-roots')).body.days, []);
  });

  test('runs make the same tree: a day of 2,500 records, proved while it goes on and after, wherever the record lies', async () => {
    const ctx = tenant();
    const clock = manualClock(NOON);
    const ledger = openLedger(database.db, { clock, checked: false });
    const { customer, house } = await funded(ledger, ctx, 10_000);
    const commands = Array.from({ length: 2_499 }, () => transfer(customer, house, 1));
    const submit = async (from: number, to: number) => {
      await ledger.submit(ctx, { commands: commands.slice(from, to) });
      clock.advance(1_000);
    };
    const token = letIn(ctx.tenantId);
    const prove = async (id: string): Promise<InclusionProof> =>
      (await get(token, `/v1/ledger/transfers/${publicId('trf', id)}/proof`)).body;
    const check = async (size: number, isFinal: boolean) => {
      const leaves = await leavesOf(ctx.tenantId, '2026-03-09');
      for (const index of [1, 500, 1_022, 1_023, 1_024, 2_046, 2_047, 2_048, 2_499].filter((one) => one < size)) {
        const proof = await prove(commands[index - 1]!.id);
        assert.equal(flawOfProof(proof), undefined, `${index} of ${size}`);
        assert.deepEqual([proof.treeSize, proof.leafIndex, proof.seq, proof.isFinal], [size, index, index + 1, isFinal]);
        assert.deepEqual(proof.path, inclusionPath(leaves, index).map(hex));
        assert.equal(proof.root, hex(merkleRoot(leaves)));
      }
    };
    await submit(0, 600);
    await submit(600, 1_100);
    await check(1_101, false);
    await closeDays(database.db, ledgerChain, clock.now());
    await check(1_101, false);
    await submit(1_100, 1_800);
    await submit(1_800, 2_499);
    await check(2_500, false);
    await closeDays(database.db, ledgerChain, clock.now());
    await check(2_500, false);
    clock.advance(DAY_MS);
    await Promise.all([closeDays(database.db, ledgerChain, clock.now()), closeDays(database.openAnother(), ledgerChain, clock.now())]);
    await closeDays(database.db, ledgerChain, clock.now());
    await check(2_500, true);
    const roots = await database.admin('select root from ledger.day_roots where tenant_id = $1', [ctx.tenantId]);
    assert.equal(roots.length, 1);
  });

  test('an edited row no longer leads to its root, and a day with a hole gets none', async () => {
    const ctx = tenant();
    const clock = manualClock(NOON);
    const ledger = openLedger(database.db, { clock });
    const { customer, house } = await funded(ledger, ctx, 1_000);
    const commands = [transfer(customer, house, 1), transfer(customer, house, 2)];
    await ledger.submit(ctx, { commands });
    const token = letIn(ctx.tenantId);
    await database.admin(`update ledger.transfers set amount = 3 where tenant_id = $1 and seq = 3`, [ctx.tenantId]);
    const { body } = await get(token, `/v1/ledger/transfers/${commands[1]!.id}/proof`);
    assert.ok(flawOfProof(body));
    await database.admin(`delete from ledger.transfers where tenant_id = $1 and seq = 2`, [ctx.tenantId]);
    await assert.rejects(closeDays(database.db, ledgerChain, clock.now() + DAY_MS), /no record .* is missing/);
    await database.admin(`delete from ledger.heads where tenant_id = $1`, [ctx.tenantId]);
  });

  test('who may ask, and for what', async () => {
    const ctx = tenant();
    const token = letIn(ctx.tenantId);
    assert.equal((await get(token, `/v1/ledger/transfers/${newId()}/proof`)).body.code, 'LEDGER_TRANSFER_NOT_FOUND');
    assert.equal((await get(token, '/v1/ledger/day-roots?before=yesterday')).status, 400);
    callers.set('person', { tenantId: ctx.tenantId, actor: { kind: 'person', id: newId() }, scopes: new Set(['ledger:read']) });
    assert.equal((await get('person', '/v1/ledger/day-roots')).status, 403);
  });
});
