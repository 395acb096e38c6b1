import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { makeUpModule } from '../../../test/support/made-up-module.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { newId } from '../id.ts';
import type { Db, Scope, Tx } from './db.ts';

const SQL = `create table box.things (tenant_id uuid not null, id uuid primary key, amount numeric(38,0) not null check (amount >= 0), made_on date);
  select platform.tenant_table('box.things', 'select, insert, update');
  create table box.secrets (id int);`;

describe('transactions', () => {
  let database: TestDatabase;
  let db: Db;
  let source: Awaited<ReturnType<typeof makeUpModule>>;
  const [tenant, other] = [newId(), newId()];
  const own: Scope = { module: 'box', tenants: [tenant] };

  before(async () => {
    source = await makeUpModule('box', { '0001_box.sql': SQL });
    database = await openTestDatabase([...sourcesOf(), source]);
    db = database.db;
  });
  after(async () => {
    await database.close();
    await source.remove();
  });

  const insert = (tx: Tx, tenantId: string, amount: bigint, id = newId()) =>
    tx.execute('insert into box.things (tenant_id, id, amount) values ($1, $2, $3)', [tenantId, id, amount]);
  const exists = async (id: string) => (await database.admin('select from box.things where id = $1', [id])).length === 1;

  test('commit what returns, roll back what throws, and run what waits for the commit only then', async () => {
    const [kept, lost] = [newId(), newId()];
    const ran: string[] = [];
    await db.tx(own, async (tx) => {
      tx.afterCommit(() => ran.push('kept'));
      await insert(tx, tenant, 1n, kept);
      assert.deepEqual(ran, []);
    });
    await assert.rejects(
      db.tx(own, async (tx) => {
        tx.afterCommit(() => ran.push('lost'));
        await insert(tx, tenant, 1n, lost);
        throw new Error('changed its mind');
      }),
      /changed its mind/,
    );
    assert.deepEqual([await exists(kept), await exists(lost), ran], [true, false, ['kept']]);
  });

  test('an action after the commit that throws neither undoes it nor stops the next one', async () => {
    const id = newId();
    const ran: string[] = [];
    await db.tx(own, async (tx) => {
      await insert(tx, tenant, 1n, id);
      tx.afterCommit(() => {
        throw new Error('careless');
      });
      tx.afterCommit(() => ran.push('next'));
    });
    assert.deepEqual([await exists(id), ran], [true, ['next']]);
  });

  test('a failed statement that was caught still fails the transaction, and nothing of it stays', async () => {
    const id = newId();
    const ran: string[] = [];
    await assert.rejects(
      db.tx(own, async (tx) => {
        tx.afterCommit(() => ran.push('never'));
        await insert(tx, tenant, 1n, id);
        await insert(tx, tenant, -1n).catch(() => undefined);
      }),
      /rolled back because a statement in it had failed/,
    );
    assert.deepEqual([await exists(id), ran], [false, []]);
  });

  test('serialisation failures and deadlocks are tried again, each time from the beginning; others are not', async () => {
    for (const [code, tries] of [
      ['40001', 3],
      ['40P01', 3],
      ['23514', 1],
    ] as const) {
      let attempts = 0;
      const ran: number[] = [];
      const work = db.tx(own, async (tx) => {
        attempts++;
        tx.afterCommit(() => ran.push(attempts));
        await insert(tx, tenant, 1n);
        if (attempts < 3) await tx.query(`do $$ begin raise exception 'planted' using errcode = '${code}'; end $$`);
      });
      if (tries === 1) await assert.rejects(work, { code });
      else await work;
      assert.equal(attempts, tries, code);
      assert.deepEqual(ran, tries === 1 ? [] : [3]);
    }
  });

  test('a transaction that never stops colliding gives up after five tries', async () => {
    let attempts = 0;
    await assert.rejects(
      db.tx(own, async (tx) => {
        attempts++;
        await tx.query(`do $$ begin raise exception 'planted' using errcode = '40001'; end $$`);
      }),
      { code: '40001' },
    );
    assert.equal(attempts, 5);
  });

  test('two that really deadlock both succeed in the end', async () => {
    const ids = [newId(), newId()];
    await db.tx(own, async (tx) => {
      for (const id of ids) await insert(tx, tenant, 0n, id);
    });
    const add = (tx: Tx, id: string) => tx.execute('update box.things set amount = amount + 1 where id = $1', [id]);
    let met = 0;
    const cross = (order: string[]) =>
      db.tx(own, async (tx) => {
        await add(tx, order[0]!);
        met++;
        for (let turn = 0; met < 2 && turn < 200; turn++) await new Promise((resolve) => setTimeout(resolve, 5));
        await add(tx, order[1]!);
      });
    await Promise.all([cross(ids), cross([...ids].reverse())]);
    const rows = await database.admin<{ amount: string }>('select amount from box.things where id = any($1)', [ids]);
    assert.deepEqual(
      rows.map((row) => row.amount),
      ['2', '2'],
    );
  });

  test('rows of other tenants do not exist: not to read, not to change, not to plant', async () => {
    const id = newId();
    await db.tx({ module: 'box', tenants: [other] }, (tx) => insert(tx, other, 7n, id));
    await db.tx(own, async (tx) => {
      assert.deepEqual(await tx.query('select from box.things where id = $1', [id]), []);
      assert.equal(await tx.execute('update box.things set amount = 0 where id = $1', [id]), 0);
    });
    await assert.rejects(
      db.tx(own, (tx) => insert(tx, other, 1n)),
      /row-level security/,
    );
    await db.tx({ module: 'box', tenants: [] }, async (tx) => assert.deepEqual(await tx.query('select from box.things'), []));
    const both = await db.tx({ module: 'box', tenants: [tenant, other] }, (tx) => tx.query('select distinct tenant_id from box.things'));
    assert.equal(both.length, 2);
    const all = await db.tx({ module: 'box', system: true }, (tx) => tx.query('select from box.things where id = $1', [id]));
    assert.equal(all.length, 1);
  });

  test('role and tenants end with the transaction, on a connection that is used again', async () => {
    const single = database.openAnother({ poolSize: 1 });
    await single.tx({ module: 'box', system: true }, (tx) => tx.query('select from box.things'));
    await single.tx({ module: 'box', tenants: [newId()] }, async (tx) => assert.deepEqual(await tx.query('select from box.things'), []));
    await assert.rejects(
      single.tx({ module: 'bus', tenants: [tenant] }, (tx) => tx.query('select from box.things')),
      /permission denied/,
    );
  });

  test('a module reaches what it was granted, and not even its own other tables', async () => {
    for (const sql of [
      'select from box.secrets',
      'delete from box.things',
      'create table box.mine (id int)',
      'select from vault.subject_keys',
    ]) {
      await assert.rejects(
        db.tx(own, (tx) => tx.query(sql)),
        /permission denied/,
        sql,
      );
    }
  });

  test('a scope cannot carry SQL', async () => {
    await assert.rejects(
      db.tx({ module: `box', true); drop table box.things; --`, tenants: [] }, async () => undefined),
      /not a role name/,
    );
    for (const id of [`}'; drop table box.things; --`, '', `${tenant},${other}`]) {
      await assert.rejects(
        db.tx({ module: 'box', tenants: [id] }, async () => undefined),
        /not a tenant id/,
      );
    }
  });

  test('whole numbers arrive as bigint, exact, and fractions as text', async () => {
    const [row] = await db.tx(own, (tx) =>
      tx.query('select 9007199254740993::int8 as a, $1::numeric as b, 1.10::numeric as c, 5::int4 as d, null::numeric as e', [
        '9'.repeat(38),
      ]),
    );
    assert.deepEqual(row, { a: 9_007_199_254_740_993n, b: 10n ** 38n - 1n, c: '1.10', d: 5, e: null });
  });

  test('a notification is heard, and a lost connection comes back by itself', async () => {
    const heard: string[] = [];
    const stop = await db.listen('box_news', (payload) => heard.push(payload));
    const until = async (holds: () => boolean) => {
      for (let turn = 0; !holds() && turn < 500; turn++) await new Promise((resolve) => setTimeout(resolve, 10));
      assert.ok(holds(), JSON.stringify(heard));
    };
    await until(() => heard.length === 1);
    await database.admin(`select pg_notify('box_news', 'one')`);
    await until(() => heard.includes('one'));
    await database.admin(
      `select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%box_news%' and datname = current_database()`,
    );
    // Made again, it says so with an empty message: whoever listens looks for what it missed.
    await until(() => heard.filter((payload) => payload === '').length === 2);
    await database.admin(`select pg_notify('box_news', 'two')`);
    await until(() => heard.includes('two'));
    await stop();
  });

  test('statements sent together are carried out in order, and after one that fails nothing more is done', async () => {
    const [first, second] = [newId(), newId()];
    const counts = await db.tx(own, (tx) =>
      Promise.all([insert(tx, tenant, 1n, first), tx.query('select id from box.things where id = any($1::uuid[])', [[first, second]])]),
    );
    assert.deepEqual(counts, [1, [{ id: first }]]);
    await assert.rejects(
      db.tx(own, async (tx) => {
        await Promise.allSettled([insert(tx, tenant, -1n), insert(tx, tenant, 1n, second)]);
      }),
      /rolled back/,
    );
    assert.equal(await exists(second), false);
  });

  test('a scope for a single statement takes no second one, and does not write', async () => {
    const id = newId();
    const single: Scope = { ...own, single: true };
    const count = (tx: Tx) => tx.query('select count(*) from box.things where id = $1', [id]);
    assert.deepEqual(await db.tx(single, count), [{ count: 0n }]);
    const both = db.tx(single, async (tx) => [await count(tx), await count(tx)]);
    await assert.rejects(both, /single/);
    await assert.rejects(
      db.tx(single, (tx) => insert(tx, tenant, 1n, id)),
      { code: '25006' },
    );
    assert.equal(await exists(id), false);
  });

  test('a statement planned before a migration goes on after it', async () => {
    const id = newId();
    await db.tx(own, (tx) => insert(tx, tenant, 7n, id));
    const read = () => db.tx(own, (tx) => tx.query('select * from box.things where id = $1', [id]));
    const together = () => Promise.all(Array.from({ length: 40 }, read));
    for (let i = 0; i < 8; i++) await together();
    await database.admin('alter table box.things add column colour text');
    for (const rows of await together()) assert.deepEqual(rows, [{ tenant_id: tenant, id, amount: 7n, made_on: null, colour: null }]);
  });
});
