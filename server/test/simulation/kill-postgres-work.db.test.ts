/**
 * Postgres is killed with SIGKILL while tasks and a job run in two processes' hands, and started again: nothing is stranded, nothing ends twice, and nobody has to
 * restart anything.
 */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDb, type Db } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import { startJobs } from '#platform/jobs/runner.ts';
import { createPostgresQueue } from '#platform/queue/postgres.ts';
import type { Queue } from '#platform/queue/queue.ts';
import { type OwnPostgres, startOwnPostgres } from '../support/own-postgres.ts';
import { eventually, quiet } from '../support/probe/probe.ts';

const TASKS = 120;
const folder = mkdtempSync(path.join(tmpdir(), 'lastro-kill-work-'));
let postgres: OwnPostgres;
const opened: { db: Db; queue: Queue }[] = [];

before(async () => {
  // Postgres' user must be able to pass through.
  chmodSync(folder, 0o755);
  postgres = await startOwnPostgres(path.join(folder, 'postgres'));
  for (let nth = 0; nth < 2; nth++) {
    const db = createDb({ url: postgres.appUrl, poolSize: 4, log: quiet });
    opened.push({ db, queue: createPostgresQueue({ db, log: quiet, leaseMs: 4_000, idleMs: 1_000 }) });
  }
});
after(async () => {
  for (const { db, queue } of opened) {
    await queue.close();
    await db.close();
  }
  await postgres?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a Postgres that is killed and comes back strands no task and no job', async () => {
  const [here] = opened as [{ db: Db; queue: Queue }];
  const tenant = newId();
  const done: string[] = [];
  let runs = 0;
  const finishing = async (id: string, db: Db, finish: (tx: Parameters<Parameters<Db['tx']>[1]>[0]) => Promise<void>): Promise<void> => {
    await db.tx({ module: 'payments', tenants: [tenant] }, async (tx) => {
      await finish(tx);
      tx.afterCommit(() => done.push(id));
    });
  };
  const job = { name: 'payments.planted', everyMs: 1_000, run: async () => void runs++ };
  const working = opened.flatMap(({ db, queue }) => [
    startJobs({ db, log: quiet, leaseMs: 4_000, standbyMs: 500 }, [job]),
    queue.work([
      {
        name: 'payments.planted',
        retry: { baseMs: 100, maxMs: 500 },
        async run(task, ctx) {
          await sleep(60);
          await finishing(task.id, ctx.db, ctx.finish);
        },
      },
    ]),
  ]);
  const ids = await here.db.tx({ module: 'payments', tenants: [tenant] }, (tx) =>
    here.queue.put(
      tx,
      Array.from({ length: TASKS }, (_, n) => ({ queue: 'payments.planted', tenantId: tenant, payload: n })),
    ),
  );
  await eventually('it is under way', async () => done.length > 10 && runs > 0);
  await postgres.killAndRestart();
  const before = { done: done.length, runs };
  await eventually(
    'every task is done',
    async () => {
      const rows = await postgres.admin(`select from queue.tasks where queue = 'payments.planted'`);
      return rows.length === 0;
    },
    60_000,
  );
  await eventually('the job runs again', async () => runs > before.runs, 60_000);
  await Promise.all(working.map((one) => one.stop()));
  assert.ok(before.done < TASKS, 'there was something left to do');
  // A commit whose answer died with the server counts in the table, not here.
  assert.equal(new Set(done).size, done.length, 'nothing ended twice');
  assert.ok(ids.length - done.length <= 8, `${ids.length - done.length} answers lost`);
  assert.deepEqual(await postgres.admin('select from queue.dead_tasks'), []);
});
