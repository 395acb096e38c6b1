import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';

let database: TestDatabase;
const scope = { module: 'bus', system: true } as const;

before(async () => {
  database = await openTestDatabase(sourcesOf());
  await database.admin('create table bus.sent (id integer primary key)');
  await database.admin('grant select, insert on bus.sent to bus_system');
});
after(() => database.close());

const ids = async (): Promise<number[]> =>
  (await database.admin<{ id: number }>('select id from bus.sent order by id')).map(({ id }) => id);

test('a statement that was only sent is committed with the rest', async () => {
  await database.db.tx(scope, async (tx) => {
    tx.send('insert into bus.sent values ($1)', [1]);
  });
  assert.deepEqual(await ids(), [1]);
});

test('when it fails the transaction fails with its error, whoever else waited for something', async () => {
  const duplicate = { code: '23505' };
  await assert.rejects(
    database.db.tx(scope, async (tx) => {
      tx.send('insert into bus.sent values ($1)', [2]);
      tx.send('insert into bus.sent values ($1)', [1]);
    }),
    duplicate,
  );
  await assert.rejects(
    database.db.tx(scope, async (tx) => {
      tx.send('insert into bus.sent values ($1)', [1]);
      await tx.query('select 1');
    }),
    duplicate,
  );
  assert.deepEqual(await ids(), [1], 'and nothing of it stays');
});

test('what the work itself throws is what the caller hears, and nothing of it stays', async () => {
  await assert.rejects(
    database.db.tx(scope, async (tx) => {
      tx.send('insert into bus.sent values ($1)', [3]);
      throw new Error('of its own');
    }),
    /of its own/,
  );
  assert.deepEqual(await ids(), [1]);
});

test('a transaction of one statement may write, and its failure is told', async () => {
  await database.db.tx({ ...scope, single: 'writes' }, (tx) => tx.execute('insert into bus.sent values ($1)', [4]));
  assert.deepEqual(await ids(), [1, 4]);
  await assert.rejects(
    database.db.tx({ ...scope, single: 'writes' }, (tx) => tx.execute('insert into bus.sent values ($1)', [4])),
    { code: '23505' },
  );
  await assert.rejects(
    database.db.tx({ ...scope, single: true }, (tx) => tx.execute('insert into bus.sent values ($1)', [5])),
    { code: '25006' },
  );
});
