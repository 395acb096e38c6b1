import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeUpModule } from '../../../test/support/made-up-module.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { newId } from '../id.ts';
import { isOutage } from './faults.ts';

const SQL = `create table box.things (tenant_id uuid not null, id uuid not null);
  select platform.tenant_table('box.things', 'select, insert');`;

describe('the connections of a process', () => {
  let database: TestDatabase;
  let source: Awaited<ReturnType<typeof makeUpModule>>;
  const tenant = newId();
  const box = { module: 'box', tenants: [tenant] };
  const vault = { module: 'vault', tenants: [tenant] };

  before(async () => {
    source = await makeUpModule('box', { '0001_box.sql': SQL });
    database = await openTestDatabase([...sourcesOf(), source]);
  });
  after(async () => {
    await database.close();
    await source.remove();
  });

  test('a locked table of one module holds up that module only, and the process stays ready', async () => {
    const db = database.openAnother({ poolSize: 8 });
    const other = database.openAnother({ poolSize: 1 });
    let unlock = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      unlock = resolve;
    });
    await database.admin('grant update, delete, truncate on box.things to box_system');
    const locking = other.tx({ module: 'box', system: true }, async (tx) => {
      await tx.query('lock table box.things in access exclusive mode');
      await held;
    });
    await sleep(100);
    const stuck = Array.from({ length: 40 }, () => db.tx(box, (tx) => tx.query('select from box.things')));
    await sleep(100);
    try {
      // The table is locked until these have ended: had one of them waited for it, none would.
      await db.ping();
      await Promise.all(Array.from({ length: 12 }, () => db.tx(vault, (tx) => tx.query('select 1'))));
      assert.ok(db.stats().waiting >= 36);
    } finally {
      unlock();
      await Promise.allSettled([locking, ...stuck]);
    }
    await Promise.all([locking, ...stuck]);
  });

  test('who waits too long for a share of the connections is told, and that is an outage', async () => {
    const db = database.openAnother({ poolSize: 4, connectTimeoutMs: 500 });
    const holding = Array.from({ length: 4 }, () => db.tx(box, (tx) => tx.query('select pg_sleep(1)')));
    await sleep(100);
    const error = await db.tx(box, (tx) => tx.query('select 1')).catch((fault: unknown) => fault);
    assert.ok(isOutage(error), String(error));
    await Promise.all(holding);
    assert.deepEqual(await db.tx(box, (tx) => tx.query('select 1 as one')), [{ one: 1 }]);
  });

  test('a transaction inside another one is refused, also through functions between, and allowed again afterwards', async () => {
    const db = database.openAnother({ poolSize: 2 });
    const inner = () => db.tx(vault, (tx) => tx.query('select 1'));
    await assert.rejects(
      db.tx(box, async () => {
        await sleep(1);
        await inner();
      }),
      /a transaction of vault inside another one/,
    );
    let later: Promise<unknown> = Promise.resolve();
    await db.tx(box, async (tx) => {
      tx.afterCommit(() => {
        later = inner();
      });
    });
    await later;
    const lax = database.openAnother({ poolSize: 4, strict: false });
    await lax.tx(box, () => lax.tx(vault, (tx) => tx.query('select 1')));
  });

  test('a server that became read-only is left: each connection that led there goes, and it is an outage', async () => {
    const db = database.openAnother({ poolSize: 3 });
    const pids = async () =>
      new Set(
        (
          await Promise.all(
            Array.from({ length: 3 }, () =>
              db.tx(box, (tx) => tx.query<{ pid: number }>('select pg_backend_pid() as pid, pg_sleep(0.05)')),
            ),
          )
        ).map(([row]) => row!.pid),
      );
    const before = await pids();
    const write = () => db.tx(box, (tx) => tx.execute('insert into box.things values ($1, $2)', [tenant, newId()]));
    const fault = await db
      .tx(box, async (tx) => {
        await tx.query('set transaction read only');
        await tx.execute('insert into box.things values ($1, $2)', [tenant, newId()]);
      })
      .catch((error: unknown) => error);
    assert.ok(isOutage(fault), String(fault));
    await write();
    const now = await pids();
    assert.deepEqual(
      [...now].filter((pid) => before.has(pid)),
      [],
    );
  });

  test('a connection that has planned under many names makes place for a fresh one', async () => {
    const db = database.openAnother({ poolSize: 1 });
    const pid = async () => (await db.tx(box, (tx) => tx.query<{ pid: number }>('select pg_backend_pid() as pid')))[0]!.pid;
    const first = await pid();
    await db.tx(box, async (tx) => {
      for (let text = 0; text < 900; text++) for (let turn = 0; turn < 3; turn++) await tx.query(`select ${text} where 1 = $1`, [1]);
    });
    assert.notEqual(await pid(), first);
    const [row] = await db.tx(box, (tx) => tx.query<{ count: bigint }>('select count(*) from pg_prepared_statements where $1', [true]));
    assert.ok(row!.count < 5n);
  });
});
