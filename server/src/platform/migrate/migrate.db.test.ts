import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { makeUpModule } from '../../../test/support/made-up-module.ts';
import { openTestDatabase, sourcesOf, TEST_LOGIN, type TestDatabase } from '../../../test/support/test-database.ts';
import { createLogger } from '../log.ts';
import { migrate } from './migrate.ts';

const log = createLogger({ level: 'silent' });

describe('migrations', () => {
  let database: TestDatabase;
  const made: Awaited<ReturnType<typeof makeUpModule>>[] = [];
  const makeUp = async (module: string, files: Record<string, string>) => {
    const source = await makeUpModule(module, files);
    made.push(source);
    return source;
  };
  const run = (...sources: { module: string; directory: string }[]) =>
    migrate({ adminUrl: database.adminUrl, appLogin: TEST_LOGIN, sources, log });

  before(async () => {
    database = await openTestDatabase(sourcesOf());
  });
  after(async () => {
    await database.close();
    await Promise.all(made.map((source) => source.remove()));
  });

  test('each file runs once, in order, and a second start changes nothing', async () => {
    const source = await makeUp('shelf', {
      '0002_more.sql': 'alter table shelf.books add column pages int',
      '0001_books.sql': 'create table shelf.books (id int)',
    });
    assert.deepEqual((await run(source)).applied, ['shelf/0001_books.sql', 'shelf/0002_more.sql']);
    assert.deepEqual((await run(source)).applied, []);
    await writeFile(path.join(source.directory, '0003_index.sql'), 'create index on shelf.books (id)');
    assert.deepEqual((await run(source)).applied, ['shelf/0003_index.sql']);
  });

  test('a file changed after it ran stops the start', async () => {
    const source = await makeUp('changed', { '0001_a.sql': 'create table changed.a (id int)' });
    await run(source);
    await writeFile(path.join(source.directory, '0001_a.sql'), 'create table changed.a (id int, more int)');
    await assert.rejects(run(source), /changed\/0001_a\.sql was changed after it ran/);
  });

  test('a file that fails leaves nothing behind, names itself, and runs when mended', async () => {
    const source = await makeUp('broken', { '0001_a.sql': 'create table broken.a (id int); select 1/0' });
    await assert.rejects(run(source), /migration broken\/0001_a\.sql failed: division by zero/);
    assert.deepEqual(await database.admin(`select from pg_tables where schemaname = 'broken'`), []);
    await writeFile(path.join(source.directory, '0001_a.sql'), 'create table broken.a (id int)');
    assert.deepEqual((await run(source)).applied, ['broken/0001_a.sql']);
  });

  test('several migrators at once take turns: each file runs once', async () => {
    const sql = `create table turns.log (at timestamptz); insert into turns.log values (now()); select pg_sleep(0.1)`;
    const source = await makeUp('turns', { '0001_slow.sql': sql, '0002_more.sql': 'insert into turns.log values (now())' });
    const results = await Promise.all([run(source), run(source), run(source)]);
    assert.deepEqual(results.map((result) => result.applied.length).sort(), [0, 0, 2]);
    assert.deepEqual(await database.admin('select count(*)::int as n from turns.log'), [{ n: 2 }]);
  });

  test('a file with an odd name is refused, not skipped', async () => {
    const source = await makeUp('odd', { '1_x.sql': 'select 1' });
    await assert.rejects(run(source), /migration file names look like/);
  });

  test('two files of one number, and a number below one that has run, are refused', async () => {
    const twins = await makeUp('twins', { '0001_a.sql': 'select 1', '0001_b.sql': 'select 1' });
    await assert.rejects(run(twins), /twins\/0001_a\.sql and 0001_b\.sql have the same number/);
    const late = await makeUp('late', { '0001_a.sql': 'select 1', '0003_c.sql': 'select 1' });
    await run(late);
    await writeFile(path.join(late.directory, '0002_b.sql'), 'select 1');
    await assert.rejects(run(late), /late\/0002_b\.sql comes too late: 0003_c\.sql has run already/);
  });

  test('a file may run outside a transaction', async () => {
    const sql = '-- lastro: outside a transaction\ncreate index concurrently notes_text on outside.notes (text)';
    const source = await makeUp('outside', { '0001_notes.sql': 'create table outside.notes (text text)', '0002_index.sql': sql });
    assert.equal((await run(source)).applied.length, 2);
    assert.equal((await database.admin(`select from pg_indexes where indexname = 'notes_text'`)).length, 1);
  });

  test('an index is built beside others that wait for their turn, and one that was broken off is built anew', async () => {
    const sql = '-- lastro: outside a transaction\ncreate index concurrently if not exists broken_text on broken.notes (text)';
    const made = { '0001_notes.sql': "create table broken.notes (text text); insert into broken.notes values ('a'), ('a')" };
    const source = await makeUp('broken', made);
    await run(source);
    await assert.rejects(
      database.admin('create unique index concurrently broken_text on broken.notes (text)'),
      /could not create unique index/,
    );
    await writeFile(path.join(source.directory, '0002_index.sql'), sql);
    const results = await Promise.all([run(source), run(source), run(source)]);
    assert.deepEqual(results.map((result) => result.applied.length).sort(), [0, 0, 1]);
    const isValid = `select i.indisvalid as valid from pg_index i where i.indexrelid = 'broken.broken_text'::regclass`;
    assert.deepEqual(await database.admin(isValid), [{ valid: true }]);
  });

  test('a migration that cannot have its lock lets others go first, and comes through in the end', async () => {
    const source = await makeUp('locked', { '0001_a.sql': 'create table locked.a (id int)' });
    await run(source);
    await writeFile(path.join(source.directory, '0002_b.sql'), 'alter table locked.a add column more int');
    const reader = new pg.Client(database.adminUrl);
    await reader.connect();
    await reader.query('begin; select from locked.a');
    const migrating = run(source);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const from = performance.now();
    await database.admin('insert into locked.a values (1)');
    assert.ok(performance.now() - from < 4_000, 'a writer waits behind it for two seconds at the most');
    await reader.end();
    assert.deepEqual((await migrating).applied, ['locked/0002_b.sql']);
  });

  test('the application’s log-in owns nothing and inherits nothing', async () => {
    const owned = await database.admin(`select from pg_class c join pg_roles r on r.oid = c.relowner where r.rolname = $1`, [
      TEST_LOGIN.user,
    ]);
    assert.deepEqual(owned, []);
    const [role] = await database.admin(
      'select rolsuper, rolinherit, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = $1',
      [TEST_LOGIN.user],
    );
    assert.deepEqual(new Set(Object.values(role!)), new Set([false]));
  });

  test('a module whose folder is gone does not lose its schema', async () => {
    const source = await makeUp('gone', { '0001_a.sql': 'create table gone.a (id int)' });
    await run(source);
    await rm(source.directory, { recursive: true });
    await assert.rejects(run(source), { code: 'ENOENT' });
    assert.equal((await database.admin(`select from pg_tables where schemaname = 'gone'`)).length, 1);
  });
});
