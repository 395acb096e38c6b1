import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { createLogPartitions } from '#platform/bus/janitor.ts';
import { preparePartitions } from '../../src/modules/ledger/partitions.ts';
import { openTestDatabase, type TestDatabase } from '../support/test-database.ts';

/** What holds of the whole schema, whichever module made it. */
let database: TestDatabase;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

test('no two indexes are the same', async () => {
  const twice = await database.admin(
    `select indrelid::regclass::text as "table", array_agg(indexrelid::regclass::text order by indexrelid) as indexes
     from pg_index join pg_class c on c.oid = indrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema' and not c.relispartition
     group by indrelid, indkey::text, indclass::text, indcollation::text, indoption::text, coalesce(pg_get_expr(indexprs, indrelid), ''),
       coalesce(pg_get_expr(indpred, indrelid), '')
     having count(*) > 1`,
  );
  assert.deepEqual(twice, []);
});

/** Tables with monthly partitions, how these are made, and something that others write meanwhile. */
const makers: Record<string, { parents: string[]; make: () => Promise<unknown>; write: string }> = {
  'of the log': {
    parents: ['bus.log'],
    make: () => createLogPartitions(database.db, 3),
    write: `insert into bus.log (first_position, last_position, recorded_at, source, tenant_id, types, body)
      values (9000001, 9000001, now(), '/x', gen_random_uuid(), '{x}', '[]')`,
  },
  'of the ledger': {
    parents: ['ledger.transfers', 'ledger.entries', 'ledger.directives'],
    make: () => preparePartitions(database.db, Date.now()),
    write: `insert into ledger.entries_rest select * from ledger.entries_rest where false; lock table ledger.entries in row exclusive mode`,
  },
};
for (const [name, { parents, make, write }] of Object.entries(makers)) {
  test(`making the months ${name} while a dump is open keeps nobody waiting, and succeeds afterwards`, async () => {
    const ahead = await database.admin<{ part: string }>(
      `select inhrelid::regclass::text as part from pg_inherits where inhparent = any($1::regclass[]) and pg_get_expr(
         (select relpartbound from pg_class where oid = inhrelid), inhrelid) like '%' || to_char(now() + interval '2 months', 'YYYY-MM') || '-01%TO%'`,
      [parents],
    );
    assert.ok(ahead.length >= parents.length, 'there is something to make again');
    for (const { part } of ahead) await database.admin(`drop table ${part}`);
    const dump = new pg.Client(database.adminUrl);
    await dump.connect();
    try {
      await dump.query('begin isolation level repeatable read read only');
      for (const parent of parents) await dump.query(`select from ${parent} limit 1`);
      const making = make().then(
        () => 'made',
        (error: { code?: string }) => error.code,
      );
      await new Promise((resolve) => setTimeout(resolve, 60));
      const from = performance.now();
      await database.admin(write);
      const tookMs = performance.now() - from;
      assert.equal(await making, '55P03');
      assert.ok(tookMs < 1_500, `a writer waited ${Math.round(tookMs)} ms`);
    } finally {
      await dump.end();
    }
    await make();
    const [row] = await database.admin<{ count: string }>('select count(*) from pg_class where oid = any($1::text[]::regclass[])', [
      ahead.map(({ part }) => part),
    ]);
    assert.equal(Number(row!.count), ahead.length);
  });
}
