import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, quiet } from '../../../test/support/probe/probe.ts';
import { sleep } from '../../../test/support/probe/queue-probe.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from '../../../test/support/test-database.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../id.ts';
import type { Job } from './job.ts';
import { type RunnerOptions, startJobs } from './runner.ts';
import { createJobsAdmin } from './store.ts';

let database: TestDatabase;
const running: { stop(): Promise<void> }[] = [];
before(async () => {
  database = await openTestDatabase(sourcesOf());
});
after(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await database.close();
});

/** A process of its own, as far as the database can tell. */
function start(jobs: Job[], options: RunnerOptions & { db?: Db } = {}) {
  const started = startJobs({ db: database.openAnother({ poolSize: 3 }), log: quiet, standbyMs: 100, ...options }, jobs);
  running.push(started);
  return started;
}
const statusOf = async (name: string) => (await createJobsAdmin(database.db).status()).find((one) => one.name === name);
const isDone = (name: string) => async (): Promise<boolean> => (await statusOf(name))?.outcome === 'done';
const planAt = (name: string, sql: string) => database.admin(`update jobs.jobs set due_at = ${sql} where name = $1`, [name]);

test('of three processes one runs a job at a time, and none again before its time', async () => {
  let atOnce = 0;
  let most = 0;
  const begun: number[] = [];
  const job: Job = {
    name: 'probe.alone',
    everyMs: 1_000,
    async run() {
      most = Math.max(most, ++atOnce);
      begun.push(performance.now());
      await sleep(300);
      atOnce--;
    },
  };
  const processes = [start([job]), start([job]), start([job])];
  await eventually('it ran three times', async () => begun.length >= 3);
  await Promise.all(processes.map((one) => one.stop()));
  assert.equal(most, 1);
  const pauses = begun.slice(1).map((ms, nth) => ms - begun[nth]!);
  assert.ok(Math.min(...pauses) >= 1_290, `${pauses}`);
  assert.ok(Math.max(...pauses) < 3_000, `${pauses}`);
});

test('what a run came to can be read: when, how long, how, and when the next is', async () => {
  let works = false;
  const job: Job = {
    name: 'probe.tells',
    everyMs: 3_600_000,
    async run() {
      await sleep(60);
      if (!works) throw new Error('not today');
    },
  };
  const one = start([job]);
  await eventually('it failed', async () => (await statusOf(job.name))?.outcome === 'failed');
  const failed = (await statusOf(job.name))!;
  assert.match(failed.error!, /not today/);
  assert.equal(failed.succeededAtMs, null);
  assert.ok(failed.tookMs! >= 55 && failed.failures >= 1);
  assert.ok(failed.dueAtMs - failed.endedAtMs! < 5_000, 'it is tried again soon');
  works = true;
  await eventually('it is well again', isDone(job.name));
  const done = (await statusOf(job.name))!;
  assert.deepEqual([done.failures, done.error, done.schedule, done.runningOn], [0, null, 'every 1 h', null]);
  assert.ok(Math.abs(done.dueAtMs - done.endedAtMs! - 3_600_000) < 1_000);
  await one.stop();
});

test('an operator runs a job now, from another process; one that is running runs once more', async () => {
  let runs = 0;
  const gate = Promise.withResolvers<void>();
  const job: Job = {
    name: 'probe.asked',
    dailyAt: '02:30',
    async run() {
      runs++;
      if (runs === 1) await gate.promise;
    },
  };
  const one = start([job]);
  const admin = createJobsAdmin(database.openAnother({ poolSize: 1 }));
  await eventually('it is known', async () => (await statusOf(job.name)) !== undefined);
  assert.equal(runs, 0, 'a daily job waits for its time');
  assert.equal(await admin.runNow(job.name), true);
  await eventually('it runs', async () => runs === 1, 2_000);
  await admin.runNow(job.name);
  gate.resolve();
  await eventually('it ran once more', async () => runs === 2 && (await statusOf(job.name))!.runningOn === null, 3_000);
  assert.ok((await statusOf(job.name))!.dueAtMs > Date.now());
  assert.equal(await admin.runNow('probe.nobody'), false);
  await one.stop();
});

test('a process killed in the middle of a run is followed by another within the lease', async () => {
  const name = 'probe.killed';
  const script = path.join(import.meta.dirname, '../../../test/support/probe/work-process.ts');
  const child: ChildProcess = spawn(process.execPath, [script, database.appUrl, 'job', name], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout!, 'data');
  let runs = 0;
  const one = start([{ name, everyMs: 1_000, run: async () => void runs++ }], { leaseMs: 1_500, standbyMs: 100 });
  await sleep(2_500);
  assert.equal(runs, 0, 'it renews its lease as long as it lives');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const from = performance.now();
  await eventually('the other has it', async () => runs > 0, 10_000);
  assert.ok(performance.now() - from < 5_000);
  await one.stop();
});

test('a missed day is made up for once, with the instant it was planned for; then it is daily again', async () => {
  const planned: number[] = [];
  const job: Job = { name: 'probe.missed', dailyAt: '02:30', run: async ({ dueAtMs }) => void planned.push(dueAtMs) };
  const first = start([job]);
  await eventually('it is known', async () => (await statusOf(job.name)) !== undefined);
  await first.stop();
  await planAt(job.name, `now() - interval '3 days'`);
  const due = (await statusOf(job.name))!;
  assert.ok(due.overdueMs > 2 * 86_400_000);
  const second = start([job]);
  await eventually('it ran', isDone(job.name));
  await sleep(400);
  await second.stop();
  assert.deepEqual(planned.map(Math.round), [Math.round(due.dueAtMs)]);
  const { dueAtMs } = (await statusOf(job.name))!;
  assert.ok(dueAtMs > Date.now() && dueAtMs <= Date.now() + 86_400_000);
});

test('a job that is planned otherwise gets its new time, one that is due keeps it', async () => {
  const name = 'probe.moved';
  const first = start([{ name, dailyAt: '02:30', zone: 'UTC', run: async () => undefined }]);
  await eventually('it is known', async () => (await statusOf(name)) !== undefined);
  const before = (await statusOf(name))!.dueAtMs;
  await first.stop();
  const second = start([{ name, dailyAt: '03:45', zone: 'UTC', run: async () => undefined }]);
  await eventually('it is planned anew', async () => (await statusOf(name))!.schedule === 'daily at 03:45 in UTC');
  const after = (await statusOf(name))!.dueAtMs;
  assert.equal(new Date(after).toISOString().slice(11, 16), '03:45');
  assert.notEqual(after, before);
  await second.stop();
});

test('one tenant that fails and one that takes long keep no other waiting, run after run', async () => {
  const [bad, slow, good] = [newId(), newId(), newId()];
  const done: string[] = [];
  const gate = Promise.withResolvers<void>();
  const job: Job = {
    name: 'probe.tenants',
    everyMs: 1_000,
    run: ({ each }) =>
      each([bad, slow, good], async (tenantId) => {
        if (tenantId === bad) throw new Error('bad');
        if (tenantId === slow) await gate.promise;
        done.push(tenantId);
      }),
  };
  const one = start([job], { patienceWithEachMs: 200 });
  await eventually('the good one had three runs', async () => done.filter((id) => id === good).length >= 3, 15_000);
  assert.ok(!done.includes(slow));
  const status = (await statusOf(job.name))!;
  assert.equal(status.outcome, 'failed');
  assert.match(status.error!, /failed for 1 of 3: /);
  gate.resolve();
  await eventually('the slow one ends', async () => done.includes(slow));
  await one.stop();
});

test('a stop ends in time with runs that wait, and another process runs them at once', async () => {
  let begun = 0;
  const wait =
    (listens: boolean): Job['run'] =>
    async ({ signal }) => {
      begun++;
      await new Promise((_, reject) => {
        if (listens) signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    };
  const names = ['probe.listens', 'probe.deaf'];
  const one = start(
    names.map((name, nth) => ({ name, everyMs: 5_000, run: wait(nth === 0) })),
    { graceMs: 200, patienceMs: 200 },
  );
  await eventually('both run', async () => begun === 2);
  const from = performance.now();
  await one.stop();
  assert.ok(performance.now() - from < 2_000);
  const two = start(names.map((name) => ({ name, everyMs: 5_000, run: async () => undefined })));
  for (const name of names) await eventually(`${name} runs elsewhere`, isDone(name), 3_000);
  await two.stop();
});

test('a run that never ends fails when its time is up, and the next one comes', async () => {
  let runs = 0;
  const job: Job = {
    name: 'probe.endless',
    everyMs: 1_000,
    timeoutMs: 200,
    run: () => (++runs === 1 ? new Promise<void>(() => undefined) : Promise.resolve()),
  };
  const one = start([job]);
  await eventually('it failed', async () => (await statusOf(job.name))?.outcome === 'failed');
  assert.match((await statusOf(job.name))!.error!, /not done within 200 ms/);
  await eventually('it ran again', isDone(job.name));
  await one.stop();
});

test('a clock of a process that is ahead runs nothing early', async () => {
  const name = 'probe.ahead';
  const first = start([{ name, everyMs: 3_600_000, run: async () => undefined }]);
  await eventually('it ran', isDone(name));
  await first.stop();
  const script = path.join(import.meta.dirname, '../../../test/support/probe/work-process.ts');
  const child = spawn(process.execPath, [script, database.appUrl, 'job', name, '48'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let isBegun = false;
  child.stdout.once('data', () => {
    isBegun = true;
  });
  // Its schedule differs, which moves the due time by the database's clock, not by its own.
  await database.admin(`update jobs.jobs set schedule = 'every 1 s' where name = $1`, [name]);
  await sleep(2_000);
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal(isBegun, false);
});

test('jobs that wait cost a look a minute', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `probe.quiet-${n}`);
  const first = start(names.map((name) => ({ name, everyMs: 3_600_000, run: async () => undefined })));
  for (const name of names) await eventually(`${name} ran`, isDone(name));
  await first.stop();
  const db = database.openAnother({ poolSize: 2 });
  let asked = 0;
  const counting: Db = { ...db, tx: (...args) => (asked++, db.tx(...args)) };
  const second = start(
    names.map((name) => ({ name, everyMs: 3_600_000, run: async () => undefined })),
    { db: counting },
  );
  await sleep(2_000);
  assert.ok(asked <= 4, `${asked} transactions in two quiet seconds`);
  await second.stop();
});

test('between two runs nobody asks the table: a run costs taking it and writing down what it came to', async () => {
  let runs = 0;
  let asked = 0;
  const db = database.openAnother({ poolSize: 3 });
  const counting = new Proxy(db, {
    get(target, name) {
      if (name === 'tx') asked++;
      const value = Reflect.get(target, name) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const often: Job = {
    name: 'probe.often',
    everyMs: 1_000,
    run: async () => {
      runs++;
    },
  };
  const rare: Job = { name: 'probe.rare', everyMs: 3_600_000, run: async () => undefined };
  const one = start([often, rare], { db: counting });
  await eventually('it ran eight times', async () => runs >= 8);
  await one.stop();
  // Two of the rare one, two of the start; a timer that is early by a hair looks once more.
  assert.ok(asked <= 2 * runs + 4 + 2, `${asked} transactions for ${runs} runs`);
});
