import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeUpModule } from '../../../test/support/made-up-module.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { newId } from '../id.ts';
import type { Db, Scope, Tx } from './db.ts';

const SQL = `create table box.notes (tenant_id uuid not null, note text not null);
  select platform.tenant_table('box.notes', 'select, insert');`;
const LATE = /after the end of its transaction/;

/** What one branch of a transaction does after another branch has ended it. The pool has one connection, so that it surely is the same one. */
describe('a statement after the end of its transaction', () => {
  let database: TestDatabase;
  let db: Db;
  let source: Awaited<ReturnType<typeof makeUpModule>>;
  const [a, b] = [newId(), newId()];
  const of = (tenant: string): Scope => ({ module: 'box', tenants: [tenant] });
  const write = (tx: Tx, tenant: string, note: string) => tx.execute('insert into box.notes values ($1, $2)', [tenant, note]);
  const notes = async () => (await database.admin<{ note: string }>('select note from box.notes order by note')).map(({ note }) => note);

  before(async () => {
    source = await makeUpModule('box', { '0001_box.sql': SQL });
    database = await openTestDatabase([...sourcesOf(), source]);
    db = database.openAnother({ poolSize: 1 });
  });
  after(async () => {
    await database.close();
    await source.remove();
  });

  /** A transaction that is rolled back at once, with a branch that goes on `lateMs` afterwards. Answers what became of the branch. */
  const failWithLateBranch = async (
    tenant: string,
    lateMs: number,
    branch: (tx: Tx) => Promise<unknown>,
  ): Promise<{ late: Promise<unknown> }> => {
    let late: Promise<unknown> = Promise.resolve();
    const work = db.tx(of(tenant), async (tx) => {
      late = sleep(lateMs).then(() => branch(tx));
      late.catch(() => undefined);
      throw new Error('the other branch failed');
    });
    await assert.rejects(work, /the other branch failed/);
    return { late };
  };

  test('does not write in the transaction of another caller', async () => {
    const { late } = await failWithLateBranch(a, 60, (tx) => write(tx, a, 'late'));
    await db.tx(of(a), async (tx) => {
      await write(tx, a, 'innocent');
      await sleep(150);
    });
    await assert.rejects(late, LATE);
    assert.deepEqual(await notes(), ['innocent']);
  });

  test('does not read what another tenant has', async () => {
    await db.tx(of(b), (tx) => write(tx, b, 'secret of b'));
    const { late } = await failWithLateBranch(a, 60, (tx) => tx.query('select note from box.notes'));
    await db.tx(of(b), () => sleep(150));
    await assert.rejects(late, LATE);
  });

  test('does not run on an idle connection, outside of any transaction', async () => {
    const { late } = await failWithLateBranch(a, 60, (tx) => tx.query('select 1'));
    await assert.rejects(late, LATE);
  });

  test('nor after a commit; and an action for after the commit is refused when there is none to come', async () => {
    for (const fails of [true, false]) {
      let kept: Tx | undefined;
      const work = db.tx(of(a), async (tx) => {
        kept = tx;
        if (fails) throw new Error('planned');
      });
      await work.catch(() => undefined);
      assert.throws(() => kept!.afterCommit(() => undefined), /ended/, `after ${fails ? 'a rollback' : 'a commit'}`);
      await assert.rejects(kept!.query('select 1'), LATE);
      await assert.rejects(kept!.execute('select 1'), LATE);
    }
  });
});
