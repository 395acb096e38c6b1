import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSilentLine, type SilentLine } from '../../../test/support/silent-line.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import { newId } from '../id.ts';
import type { Db, Tx } from './db.ts';
import { isOutage, isOutcomeUnknown } from './faults.ts';

const [STATEMENT_MS, GRACE_MS] = [500, 1_000];
/** With room for a busy machine, and the five seconds that the listening connection may take over an answer. */
const IN_TIME_MS = STATEMENT_MS + GRACE_MS + 6_000;
const SCOPE = { module: 'vault', tenants: [newId()] };

describe('a server that cannot be heard any more, though the connection stands', () => {
  let database: TestDatabase;
  let line: SilentLine;
  let db: Db;

  before(async () => {
    database = await openTestDatabase(sourcesOf());
  });
  after(() => database.close());
  beforeEach(async () => {
    line = await openSilentLine(database.appUrl);
    db = database.openAnother({
      url: line.through(database.appUrl),
      poolSize: 2,
      statementTimeoutMs: STATEMENT_MS,
      silenceGraceMs: GRACE_MS,
      heartbeatMs: 100,
    });
  });
  afterEach(() => line.close());

  const inTime = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const late = AbortSignal.timeout(IN_TIME_MS);
    return Promise.race([
      work,
      new Promise<never>((_, reject) => late.addEventListener('abort', () => reject(new Error(`${what} still hangs`)))),
    ]);
  };

  const moments: Record<string, (tx: Tx) => Promise<unknown>> = {
    'before its first statement': (tx) => {
      line.fallSilent();
      return tx.query('select 1');
    },
    'between two statements': async (tx) => {
      await tx.query('select 1');
      line.fallSilent();
      await tx.query('select 2');
    },
    'before the commit': async (tx) => {
      await tx.query('select 1');
      line.fallSilent();
    },
    'before the rollback': async (tx) => {
      await tx.query('select 1');
      line.fallSilent();
      throw new Error('changed its mind');
    },
  };
  for (const [moment, work] of Object.entries(moments)) {
    test(`ends a transaction ${moment}, and the pool is good again`, async () => {
      const error = await inTime(moment, db.tx(SCOPE, work)).then(
        () => assert.fail('it cannot have succeeded'),
        (fault: Error) => fault,
      );
      if (moment === 'before the rollback') assert.match(error.message, /changed its mind/);
      else assert.deepEqual([isOutage(error), isOutcomeUnknown(error)], [true, true], error.message);
      line.recover();
      assert.deepEqual(
        await inTime(
          'the next one',
          db.tx(SCOPE, (tx) => tx.query('select 1 as one')),
        ),
        [{ one: 1 }],
      );
      assert.equal(db.stats().waiting, 0);
    });
  }

  test('does not keep the question for readiness waiting, and readiness comes back', async () => {
    await db.ping();
    line.fallSilent();
    const from = performance.now();
    await assert.rejects(db.ping());
    assert.ok(performance.now() - from < 2_500, 'about a second');
    line.recover();
    await db.ping();
  });

  test('is noticed by the listening connection, which then hears again and says that it missed something', async () => {
    const heard: string[] = [];
    await db.listen('silence_news', (payload) => heard.push(payload));
    assert.deepEqual(heard, ['']);
    line.fallSilent();
    await database.admin(`select pg_notify('silence_news', 'lost')`);
    line.recover();
    const until = Date.now() + IN_TIME_MS;
    while (heard.length < 2 && Date.now() < until) await sleep(20);
    assert.deepEqual(heard, ['', '']);
    await database.admin(`select pg_notify('silence_news', 'found')`);
    while (heard.length < 3 && Date.now() < until) await sleep(20);
    assert.deepEqual(heard, ['', '', 'found']);
  });

  test('does not keep a process from closing', async () => {
    await db.listen('silence_news', () => undefined);
    await db.tx(SCOPE, (tx) => tx.query('select 1'));
    line.fallSilent();
    await inTime('closing', db.close());
  });
});
