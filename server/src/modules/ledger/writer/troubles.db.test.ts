import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import type { AppError } from '#platform/errors.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import { funded, hold, openLedger, tenant, transfer } from '../test-support/fixture.ts';

let database: TestDatabase;
before(async () => {
  database = await openTestDatabase(sourcesOf('ledger'));
});
after(() => database.close());

const DAY_MS = 86_400_000;
const codeOf = (one: PromiseSettledResult<unknown>) => (one.status === 'rejected' ? (one.reason as { code?: string }).code : 'done');

test('a process whose clock is ahead writes nothing, and spoils nothing for the others', async () => {
  const ctx = tenant();
  const healthy = openLedger(database.db);
  const accounts = await funded(healthy, ctx, 100);
  const ahead = openLedger(database.openAnother(), { clock: { now: () => Date.now() + DAY_MS }, maxAheadMs: 2_000 });
  const command = transfer(accounts.customer, accounts.house, 1);
  await assert.rejects(ahead.submit(ctx, { commands: [command] }), { code: 'LEDGER_CLOCK_AHEAD' });
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  const held = hold(accounts.customer, accounts.house, 5, { expiresAt: soon });
  const { results } = await healthy.submit(ctx, { commands: [command, held] });
  assert.deepEqual(
    results.map(({ outcome, duplicate }) => [outcome, duplicate]),
    [
      ['done', false],
      ['done', false],
    ],
  );
  assert.ok(Date.parse(results[0]!.recordedAt!) < Date.now() + 2_000);
  const slightly = openLedger(database.openAnother(), { clock: { now: () => Date.now() + 500 }, maxAheadMs: 2_000 });
  assert.equal((await slightly.submit(ctx, { commands: [transfer(accounts.house, accounts.customer, 1)] })).results[0]!.outcome, 'done');
});

test('a head that somebody keeps locked ends in a 503 long before the statement time-out, and nothing was written', async () => {
  const ctx = tenant();
  const ledger = openLedger(database.openAnother());
  const accounts = await funded(ledger, ctx, 100);
  const stuck = new pg.Client({ connectionString: database.adminUrl });
  await stuck.connect();
  const command = transfer(accounts.house, accounts.customer, 1);
  try {
    await stuck.query('begin');
    await stuck.query('select 1 from ledger.heads where tenant_id = $1 for update', [ctx.tenantId]);
    const startedAt = performance.now();
    await assert.rejects(ledger.submit(ctx, { commands: [command] }), (error: AppError) => {
      const { code, status, retryAfterSeconds } = error.data;
      assert.deepEqual([code, status, retryAfterSeconds], ['LEDGER_OUTCOME_UNKNOWN', 503, 1]);
      return true;
    });
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs > 4_000 && tookMs < 15_000, `${Math.round(tookMs)} ms`);
  } finally {
    await stuck.query('rollback');
    await stuck.end();
  }
  const { results } = await ledger.submit(ctx, { commands: [command] });
  assert.deepEqual([results[0]!.outcome, results[0]!.duplicate], ['done', false]);
});

test('while the head is held by somebody stuck, calls are answered once their time is up, not one after the other', async () => {
  const ctx = tenant();
  const ledger = openLedger(database.openAnother({ statementTimeoutMs: 1_000 }));
  const accounts = await funded(ledger, ctx, 100);
  const stuck = new pg.Client({ connectionString: database.adminUrl });
  await stuck.connect();
  try {
    await stuck.query('begin');
    await stuck.query('select 1 from ledger.heads where tenant_id = $1 for update', [ctx.tenantId]);
    const startedAt = performance.now();
    const deadlineMs = Date.now() + 1_500;
    const calls = Array.from({ length: 12 }, () =>
      ledger.submit({ ...ctx, deadlineMs }, { commands: [transfer(accounts.house, accounts.customer, 1)] }),
    );
    const codes = (await Promise.allSettled(calls)).map(codeOf);
    const tookMs = performance.now() - startedAt;
    for (const code of codes) assert.ok(['LEDGER_OUTCOME_UNKNOWN', 'PLATFORM_DEADLINE'].includes(code!), codes.join());
    assert.ok(tookMs < 8_000, `${Math.round(tookMs)} ms; twelve batches of one statement time-out each would take more`);
  } finally {
    await stuck.query('rollback');
    await stuck.end();
  }
  const { results } = await ledger.submit(ctx, { commands: [transfer(accounts.house, accounts.customer, 1)] });
  assert.equal(results[0]!.outcome, 'done');
});
