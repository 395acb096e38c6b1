/** Days in a store of documents: filled from history, kept in step, read while it answers, and never believed before it is filled. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import { createPostgresQueue } from '#platform/queue/postgres.ts';
import type { Queue } from '#platform/queue/queue.ts';
import { eventually } from '../../../../test/support/probe/probe.ts';
import { repeatJob } from '../../../../test/support/repeat-job.ts';
import { type CashflowTest, type Customer, log, newCustomer, openCashflow, posted, type TestProcess } from '../cashflow.fixture.ts';
import { createCashflow, markingChanges } from '../index.ts';
import { rebuildDailyBalances } from '../rebuild.ts';
import { readStoreContract } from './contract-test.ts';
import { copyTenant, fillJob, noStoreJob } from './copier.ts';
import { createDocumentStore } from './documents.ts';
import { startDynalite } from './dynalite.fixture.ts';
import { markAll, markDays } from './marks.ts';
import { openReadStore } from './open.ts';
import type { ReadStore } from './port.ts';

let cashflow: CashflowTest;
let dynalite: Awaited<ReturnType<typeof startDynalite>>;
before(async () => {
  [cashflow, dynalite] = await Promise.all([openCashflow(), startDynalite()]);
});
after(async () => {
  await dynalite?.close();
  await cashflow?.close();
});

readStoreContract('documents in Postgres', async () => createDocumentStore(cashflow.openProcess().db));
readStoreContract('DynamoDB', () => dynalite.open('contract'));

const AT = '2026-03-10T15:00:00.000Z';
const STORES: [string, (process: TestProcess) => Promise<ReadStore>][] = [
  ['documents', async ({ db }) => createDocumentStore(db)],
  ['DynamoDB', () => dynalite.open('days')],
];

for (const [name, openStore] of STORES)
  describe(`days read from ${name}`, () => {
    let plain: TestProcess;
    let store: ReadStore;
    let queue: Queue;
    let reader: ReturnType<typeof createCashflow>;
    let isAway = false;
    const stops: (() => Promise<unknown>)[] = [];
    const tenant = newId();
    const ana = newCustomer(tenant);

    before(async () => {
      plain = cashflow.openProcess();
      await cashflow.database.admin('delete from cashflow.day_documents');
      const inner = await openStore(plain);
      store = {
        ...inner,
        read: (...asked) => (isAway ? Promise.reject(new Error('away')) : inner.read(...asked)),
        put: (...given) => (isAway ? Promise.reject(new Error('away')) : inner.put(...given)),
      };
      queue = createPostgresQueue({ db: plain.db, log });
      plain.bus.startRelay('ledger');
    });
    after(async () => {
      for (const stop of stops.reverse()) await stop();
      await queue?.close();
      await store?.close();
    });

    const contextOf = (tenantId: string): CallContext => ({ tenantId, actor: { kind: 'system', id: 'test' } });
    const ask = (from: ReturnType<typeof createCashflow>, { tenantId, accountId }: Customer) =>
      from.face!.impl.getDays(contextOf(tenantId), { accountId, from: '2026-03-01', to: '2026-03-31' });
    const fromStore = async () => (await store.read(tenant, [{ accountId: ana.accountId, from: '2026-03-01', to: '2026-03-31' }]))[0]!;
    const inStep = () =>
      eventually('the copy is in step', async () => {
        const [row] = await cashflow.database.admin<{ waits: boolean }>('select exists (select from cashflow.days_to_copy) as waits');
        return !row!.waits;
      });

    test('a new store is filled from what there is, and read from then on', async () => {
      const before = plain.project();
      await cashflow.publish(plain, [posted(ana, 'in', 10_000n, AT), posted(ana, 'out', 2_550n, '2026-03-12T15:00:00.000Z')]);
      await cashflow.settled(plain.bus);
      await before.stop();
      reader = createCashflow({
        db: plain.db,
        bus: plain.bus,
        clock: { now: Date.now },
        log,
        metrics: cashflow.openProcess().metrics,
        vault: undefined as never,
        readStore: { store, queue },
      });
      const projecting = plain.bus.subscribe(reader.subscriptions![0]!);
      const working = queue.work(reader.queues!);
      const filling = repeatJob(fillJob(store, queue), { db: plain.db, log });
      assert.equal(await store.filling(), 'empty');
      assert.deepEqual((await ask(reader, ana)).days, (await ask(plain.cashflow, ana)).days, 'before it is filled');
      assert.deepEqual(await fromStore(), []);
      filling.start();
      stops.push(
        () => projecting.stop(),
        () => working.stop(),
        () => filling.stop(),
      );
      await eventually('it is filled', async () => (await store.filling()) === 'filled');
      assert.equal((await fromStore()).length, 2);
    });

    test('what is posted is copied, the past as well, and the answers are the same', async () => {
      await cashflow.publish(plain, [posted(ana, 'in', 7n, '2026-03-05T15:00:00.000Z'), posted(ana, 'in', 1n, '2026-03-31T15:00:00.000Z')]);
      await cashflow.settled(plain.bus);
      await inStep();
      const days = await fromStore();
      assert.deepEqual(
        days.map(({ date, openingMinor, closingMinor }) => [date, openingMinor, closingMinor]),
        [
          ['2026-03-05', 0n, 7n],
          ['2026-03-10', 7n, 10_007n],
          ['2026-03-12', 10_007n, 7_457n],
          ['2026-03-31', 7_457n, 7_458n],
        ],
      );
      // Behind the five seconds for which a store that was not filled is left alone.
      await eventually('it is read', async () => {
        const [shown, table] = [await ask(reader, ana), await ask(plain.cashflow, ana)];
        assert.deepEqual(shown, table);
        return true;
      });
    });

    test('what waits to be copied is said to; a day that is only in the table is nobody else’s', async () => {
      await plain.db.tx({ module: 'cashflow', tenants: [tenant] }, async (tx) =>
        markDays(tx, tenant, [{ accountId: ana.accountId, date: '2026-03-10' }]),
      );
      const filled = storeThatIsFilled(store);
      const fresh = createCashflow({
        db: plain.db,
        bus: plain.bus,
        clock: { now: Date.now },
        log,
        metrics: cashflow.openProcess().metrics,
        vault: undefined as never,
        readStore: { store: filled, queue },
      });
      const answer = await ask(fresh, ana);
      assert.deepEqual([answer.pending, answer.lagMs >= 0], [true, true]);
      assert.equal(await copyTenant(plain.db, store, tenant), 1);
      assert.equal((await ask(fresh, ana)).pending, false);
    });

    test('while the store is away the table answers, and what was posted meanwhile is there afterwards', async () => {
      isAway = true;
      await cashflow.publish(plain, [posted(ana, 'in', 500n, '2026-03-20T15:00:00.000Z')]);
      await cashflow.settled(plain.bus);
      const away = await ask(reader, ana);
      assert.equal(away.days.at(-1)!.closingMinor, '7958');
      isAway = false;
      await eventually('copied', async () => (await fromStore()).at(-1)?.closingMinor === 7_958n, 30_000);
    });

    test('two who copy at once, and a day that changes under them: the newest figures stay', async () => {
      const scope = { module: 'cashflow', tenants: [tenant] };
      for (let round = 0; round < 10; round++) {
        await plain.db.tx(scope, async (tx) => {
          await tx.execute(
            `update cashflow.daily_balances set in_minor = in_minor + 1, closing = closing + 1, version = nextval('cashflow.day_version')
             where tenant_id = $1 and account_id = $2 and date = '2026-03-31'`,
            [tenant, ana.accountId],
          );
          await markingChanges(queue)(tx, tenant, [{ accountId: ana.accountId, date: '2026-03-31' } as never]);
        });
        await Promise.all([copyTenant(plain.db, store, tenant), copyTenant(plain.db, store, tenant)]);
      }
      await inStep();
      assert.equal((await fromStore()).at(-1)!.closingMinor, 7_968n);
    });

    test('a store that was left and is taken up again is filled anew, and not believed before', async () => {
      await noStoreJob.run({ db: plain.db, log } as never);
      const fresh = createCashflow({
        db: plain.db,
        bus: plain.bus,
        clock: { now: Date.now },
        log,
        metrics: cashflow.openProcess().metrics,
        vault: undefined as never,
        readStore: { store, queue },
      });
      // Of the time in which it was not in use nothing is marked.
      await plain.db.tx({ module: 'cashflow', tenants: [tenant] }, (tx) =>
        tx.execute(
          `update cashflow.daily_balances set in_minor = in_minor + 5, closing = closing + 5, version = nextval('cashflow.day_version')
           where tenant_id = $1 and account_id = $2 and date = '2026-03-31'`,
          [tenant, ana.accountId],
        ),
      );
      assert.deepEqual((await ask(fresh, ana)).days, (await ask(plain.cashflow, ana)).days);
      await eventually(
        'it is filled anew',
        async () => (await store.filling()) === 'filled' && (await fromStore()).at(-1)?.closingMinor === 7_973n,
      );
      await plain.db.tx({ module: 'cashflow', tenants: [tenant] }, (tx) =>
        tx.execute(
          `update cashflow.daily_balances set in_minor = in_minor - 5, closing = closing - 5 where tenant_id = $1 and account_id = $2 and date = '2026-03-31'`,
          [tenant, ana.accountId],
        ),
      );
    });

    test('made again from the log: days that are no more leave the store, too', async () => {
      await plain.db.tx({ module: 'cashflow', tenants: [tenant] }, async (tx) => {
        await tx.execute(
          `insert into cashflow.daily_balances (tenant_id, account_id, date, opening, in_minor, out_minor, closing, position, updated_at, version)
           values ($1, $2, '2026-03-25', 0, 0, 0, 0, 1, now(), nextval('cashflow.day_version'))`,
          [tenant, ana.accountId],
        );
        markDays(tx, tenant, [{ accountId: ana.accountId, date: '2026-03-25' }]);
      });
      await copyTenant(plain.db, store, tenant);
      assert.ok((await fromStore()).some(({ date }) => date === '2026-03-25'));
      await rebuildDailyBalances({
        db: plain.db,
        clock: { now: Date.now },
        beforeCleared: (tx) => markAll(tx, null),
        onChanged: async (tx, tenantId, days) => markDays(tx, tenantId, days),
      });
      await copyTenant(plain.db, store, tenant);
      const days = await fromStore();
      assert.deepEqual(
        days.map(({ date }) => date),
        ['2026-03-05', '2026-03-10', '2026-03-12', '2026-03-20', '2026-03-31'],
      );
      assert.equal(days.at(-1)!.closingMinor, 7_958n);
    });
  });

/** The same store for a reader that has not yet asked how far it is filled. */
const storeThatIsFilled = (store: ReadStore): ReadStore => ({ ...store, filling: async () => 'filled' });

test('the setting: what is none is refused with those there are', async () => {
  const { db } = cashflow.openProcess();
  assert.equal(await openReadStore('table', db), undefined);
  assert.equal((await openReadStore('documents', db))!.name, 'documents (Postgres)');
  for (const wrong of ['mongodb://x/y', 'dynamodb://sa-east-1', 'dynamodb://sa-east-1/t?endpint=x', ''])
    await assert.rejects(openReadStore(wrong, db), /table, documents or dynamodb/);
});
