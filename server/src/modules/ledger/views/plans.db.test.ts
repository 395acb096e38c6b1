/** DAT-1: what people wait for is answered from an index, however large the tables are. Postgres is asked how it would do it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Db, Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../../test/support/test-database.ts';
import { exportStatementCsv, exportTransfersCsv } from '../exchange/export-csv.ts';
import { exportLedger } from '../exchange/export-ledger.ts';
import type { Ledger } from '../index.ts';
import { customer, house, openLedger, tenant } from '../test-support/fixture.ts';
import { followTags, followTenant } from './tag-follower.ts';

const TRANSFERS = 60_000;
const ACCOUNTS = 20_000;

describe('plans of the ledger’s queries', () => {
  const ctx = tenant();
  const [first, second] = [customer(), house()];
  const ids = { transfer: newId(), hold: newId(), holder: newId() };
  let database: TestDatabase;
  let ledger: Ledger;
  let plans: { sql: string; plan: string }[] = [];

  before(async () => {
    database = await openTestDatabase(sourcesOf('ledger'));
    ledger = openLedger(explaining(database.db));
    await openLedger(database.db).createAccounts(ctx, { accounts: [first, second] });
    await fill();
    for (let left = 1; left > 0; ) left = (await followTenant(database.db, ctx.tenantId)) ?? 0;
    await database.admin('analyze');
    plans = [];
  });
  after(() => database.close());

  /** Every query of a transaction is explained before it runs, planned as one that is kept planned is: for any values. */
  function explaining(db: Db): Db {
    const watch = (tx: Tx): Tx => ({
      ...tx,
      async query<R>(sql: string, params?: readonly unknown[]) {
        if (/^\s*(select|with)/i.test(sql)) {
          const rows = await tx.query<{ 'QUERY PLAN': string }>(`explain (generic_plan) ${sql}`);
          plans.push({ sql, plan: rows.map((row) => row['QUERY PLAN']).join('\n') });
        }
        return tx.query<R>(sql, params);
      },
    });
    return { ...db, tx: ({ single: _, ...scope }, work) => db.tx(scope, (tx) => work(watch(tx))) };
  }

  /** Rows as the ledger would have written them, over two months, for this tenant and another. */
  async function fill(): Promise<void> {
    await database.admin(`select ledger.make_partitions('2026-01-01', 3)`);
    await database.admin(
      `insert into ledger.accounts (tenant_id, id, code, asset, normal_side, debits_must_not_exceed_credits, credits_must_not_exceed_debits,
         subject_id, created_at)
       select $1, gen_random_uuid(), 'code-' || i % 50, 'A' || lpad((i % 20)::text, 3, '0'), 'credit', false, false, gen_random_uuid(), now()
       from generate_series(1, ${ACCOUNTS}) i`,
      [ctx.tenantId],
    );
    const from = `from generate_series(1, ${TRANSFERS}) i, lateral (select '2026-01-01Z'::timestamptz + i * interval '80 seconds' as at) t`;
    const parties = `(select array_agg(id order by id) as ids from ledger.accounts where tenant_id = $1 and id not in ($2, $3)) a`;
    await database.admin(
      `insert into ledger.transfers (tenant_id, recorded_at, seq, id, kind, debit_account_id, credit_account_id, amount, effective_at, metadata, hash)
       select $1, at, i, gen_random_uuid(), case when i % 9 = 0 then 'hold' else 'transfer' end, case when i % 2 = 0 then $2 else ids[i % ${ACCOUNTS} + 1] end, $3, 1,
         case when i % 50 = 0 then at - interval '3 days' else at end, case when i % 3 = 0 then jsonb_build_object('order', (i % 700)::text) end, ''
       ${from}, ${parties}`,
      [ctx.tenantId, first.id, second.id],
    );
    await database.admin(
      `insert into ledger.entries (tenant_id, account_id, recorded_at, seq, side, posted_change, pending_change, posted_debits, posted_credits,
         pending_debits, pending_credits, effective_at)
       select tenant_id, account_id, recorded_at, seq, side, 1, 0, seq, 0, 0, 0, nullif(effective_at, recorded_at)
       from ledger.transfers, lateral (values (debit_account_id, 'debit'), (credit_account_id, 'credit')) e (account_id, side)`,
    );
    await database.admin(
      `insert into ledger.commands (tenant_id, id, recorded_at, seq) select tenant_id, id, recorded_at, seq from ledger.transfers`,
    );
    await database.admin(
      `insert into ledger.open_holds (tenant_id, id, debit_account_id, credit_account_id, amount, expires_at, recorded_at, seq)
       select tenant_id, id, debit_account_id, credit_account_id, amount, recorded_at + interval '10 years', recorded_at, seq
       from ledger.transfers where kind = 'hold'`,
    );
    await database.admin(`insert into ledger.account_labels (tenant_id, account_id, name) select tenant_id, id, code from ledger.accounts`);
    await database.admin(
      `insert into ledger.assets (tenant_id, asset, decimals) select $1, 'B' || lpad(i::text, 4, '0'), 2 from generate_series(1, 2000) i`,
      [ctx.tenantId],
    );
    await database.admin(
      `insert into ledger.hold_captures (tenant_id, hold_id, seq, amount, settled_by, recorded_at)
       select tenant_id, gen_random_uuid(), seq, 1, gen_random_uuid(), recorded_at from ledger.transfers where kind = 'hold'`,
    );
    await database.admin(
      `insert into ledger.directives (tenant_id, recorded_at, seq, id, kind, account_id, content, hash)
       select tenant_id, recorded_at, seq, id, 'account', debit_account_id, '{}', '' from ledger.transfers where seq % 3 = 0`,
    );
    await database.admin(
      `insert into ledger.hold_resolutions (tenant_id, hold_id, state, amount, resolved_by, recorded_at)
       select tenant_id, gen_random_uuid(), 'released', 1, gen_random_uuid(), recorded_at from ledger.transfers where kind = 'hold'`,
    );
    await database.admin(
      `insert into ledger.batches (tenant_id, batch, first_seq, last_seq, recorded_at, hash)
       select tenant_id, seq, seq, seq, recorded_at, '' from ledger.transfers`,
    );
    await database.admin(
      `insert into ledger.heads (tenant_id, batch, seq, recorded_at, hash)
       select tenant_id, max(seq), max(seq), max(recorded_at), '' from ledger.transfers group by tenant_id`,
    );
    const [some] = await database.admin<{ id: string; debit_account_id: string }>(
      `select id, debit_account_id from ledger.transfers where kind = 'hold' and seq % 2 = 1 limit 1`,
    );
    ids.hold = some!.id;
    ids.holder = some!.debit_account_id;
    const [other] = await database.admin<{ id: string }>(`select id from ledger.transfers where kind = 'transfer' and seq > 700 limit 1`);
    ids.transfer = other!.id;
  }

  /** Tables of one row a tenant or a day, and months that hold nothing, are read whole. */
  const SMALL = /Seq Scan on ((heads|tag_cursor|day_roots)\b|\w+ \w+ +\(cost=0\.00\.\.0\.00 )/g;

  async function assertIndexed(name: string, work: () => Promise<unknown>): Promise<void> {
    plans = [];
    await work();
    assert.ok(plans.length > 0, `${name} asked nothing`);
    for (const { sql, plan } of plans) assert.doesNotMatch(plan.replaceAll(SMALL, ''), /Seq Scan/, `${name}\n${sql}\n${plan}`);
  }

  const cursorOf = async (query: Parameters<Ledger['listTransfers']>[1]) =>
    (await ledger.listTransfers(ctx, { ...query, limit: 200 })).next!;
  const window = { from: '2026-01-20T00:00:00Z', to: '2026-02-10T00:00:00Z' };

  test('transfers: by id, account, metadata, block and time, also from the middle on', async () => {
    const criteria: Parameters<Ledger['listTransfers']>[1][] = [
      {},
      { order: 'asc' },
      window,
      { accountId: first.id },
      { accountId: second.id, ...window, order: 'asc' },
      { key: 'order', value: '33' },
      { key: 'order', value: '33', ...window },
      { key: 'order', value: '33', metadata: { order: '33' } },
      { accountId: first.id, direction: 'out', kind: 'transfer', codePrefix: 'c' },
      { accountId: second.id, key: 'order', value: '33', direction: 'out' },
      { by: 'effective' },
      { by: 'effective', ...window, order: 'asc' },
      { by: 'effective', accountId: first.id },
      { by: 'effective', accountId: second.id, ...window },
    ];
    for (const query of criteria) {
      await assertIndexed(JSON.stringify(query), async () => {
        const { transfers } = await ledger.listTransfers(ctx, query);
        assert.ok(transfers.length > 5, JSON.stringify(query));
      });
      const cursor = await cursorOf(query);
      if (cursor) await assertIndexed(`${JSON.stringify(query)} from a cursor`, () => ledger.listTransfers(ctx, { ...query, cursor }));
    }
    await assertIndexed('by what it takes back', () => ledger.listTransfers(ctx, { reverses: ids.transfer }));
    await assertIndexed('a count', () => ledger.countTransfers(ctx, { accountId: first.id, kind: 'hold', ...window }));
    await assertIndexed('by block', () => ledger.listTransfers(ctx, { blockId: ids.transfer }));
    await assertIndexed('by id', () => ledger.getTransfers(ctx, { ids: [ids.transfer] }));
  });

  test('statement by recording and by effect, balances now and then', async () => {
    for (const accountId of [first.id, second.id]) {
      await assertIndexed('statement', () => ledger.getStatement(ctx, { accountId, ...window }));
      await assertIndexed('statement, filtered', () => ledger.getStatement(ctx, { accountId, direction: 'in', include: 'all' }));
      await assertIndexed('statement by effect', () => ledger.getStatement(ctx, { accountId, order: 'effective' }));
      const known = { order: 'effective' as const, knownAt: '2026-02-01T00:00:00Z' };
      await assertIndexed('statement by effect, as known', () => ledger.getStatement(ctx, { accountId, ...known, ...window }));
      await assertIndexed('balance', () => ledger.getBalances(ctx, { accountIds: [accountId] }));
      await assertIndexed('balance then', () => ledger.getBalances(ctx, { accountIds: [accountId], at: '2026-01-15T00:00:00Z' }));
      const both = { at: '2026-02-01T00:00:00Z', effectiveAt: '2026-01-15T00:00:00Z' };
      await assertIndexed('movement', () => ledger.getMovement(ctx, { accountId, from: window.from, to: window.to, by: 'effective' }));
      await assertIndexed('balance by effect, as known', () => ledger.getBalances(ctx, { accountIds: [accountId], ...both }));
    }
  });

  test('accounts by subject, code and asset; holds', async () => {
    const { accounts } = await ledger.listAccounts(ctx, { limit: 200 });
    const { subjectId, code, asset } = accounts[100]!;
    const queries = [{ subjectId: subjectId ?? newId() }, { code }, { asset }, { code, asset }, {}];
    for (const query of queries) await assertIndexed(JSON.stringify(query), () => ledger.listAccounts(ctx, query));
    for (const query of [{ codePrefix: 'code-1' }, { codePrefix: 'code-1', order: 'desc' as const }, { order: 'desc' as const }])
      await assertIndexed(JSON.stringify(query), () => ledger.listAccounts(ctx, query));
    await assertIndexed('directives', () => ledger.listDirectives(ctx, {}));
    await assertIndexed('directives of an account', () => ledger.listDirectives(ctx, { accountId: first.id }));
    await assertIndexed('closed periods', () => ledger.listDirectives(ctx, { kind: 'close-period' }));
    await assertIndexed('directives by id', () => ledger.getDirectives(ctx, { ids: [ids.transfer] }));
    await assertIndexed('holds by id', () => ledger.getHolds(ctx, { ids: [ids.hold] }));
    await assertIndexed('open holds', () => ledger.getHolds(ctx, { accountId: ids.holder }));
  });

  test('what a reversal and the end of a hold have to know', async () => {
    await assertIndexed('dry run', async () => {
      const reverse = { id: newId(), kind: 'reverse' as const, transferId: ids.transfer };
      const { results } = await ledger.submit(ctx, {
        commands: [reverse, { id: newId(), kind: 'settle', holdId: ids.hold, amountMinor: '2' }],
        dryRun: true,
      });
      assert.deepEqual(
        results.map((result) => result.code ?? result.outcome),
        ['done', 'LEDGER_SETTLE_EXCEEDS_HOLD'],
      );
    });
  });

  test('exports, from the middle on', async () => {
    const db = explaining(database.db);
    const place = { fromSeq: 30_000, toSeq: 31_500 };
    await assertIndexed('lines', async () => {
      const lines = await Array.fromAsync(exportLedger(db, ctx.tenantId, { ...place, leaves: true, balances: false }));
      assert.ok(lines.length > 3_000);
    });
    await assertIndexed('CSV', () => Array.fromAsync(exportTransfersCsv(db, ctx.tenantId, place)));
    await assertIndexed('CSV of a statement', () => Array.fromAsync(exportStatementCsv(db, ctx.tenantId, first.id, place)));
  });

  test('the follower of the tags', async () => {
    await database.admin(`update ledger.tag_cursor set recorded_at = '2026-01-10Z', seq = 9720`);
    await assertIndexed('tags', () => followTags(explaining(database.db)));
  });

  test('a query without an index would be noticed', async () => {
    const bad = database.db.tx({ module: 'ledger', tenants: [ctx.tenantId] }, (tx) =>
      tx.query<{ 'QUERY PLAN': string }>(`explain select * from ledger.transfers where metadata->>'order' = '33'`),
    );
    assert.match((await bad).map((row) => row['QUERY PLAN']).join('\n'), /Seq Scan/);
  });
});
