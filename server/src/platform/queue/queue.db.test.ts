import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { eventually, quiet } from '../../../test/support/probe/probe.ts';
import { openQueueProbe, probeQueue, putAll, type QueueProcess, sleep } from '../../../test/support/probe/queue-probe.ts';
import type { Db } from '../db/db.ts';
import { newId } from '../id.ts';
import { queueContract } from './contract-test.ts';
import { createPostgresQueue } from './postgres.ts';
import type { NewTask } from './queue.ts';
import { claimTasks, FIRST_TENANT } from './store.ts';

queueContract('postgres', createPostgresQueue);

let probe: Awaited<ReturnType<typeof openQueueProbe>>;
let here: QueueProcess;
const tenant = newId();
before(async () => {
  probe = await openQueueProbe(createPostgresQueue);
  here = probe.openProcess();
});
after(() => probe.close());

const SCRIPT = path.join(import.meta.dirname, '../../../test/support/probe/work-process.ts');
const startChild = (queue: string, hoursAhead = 0): ChildProcess =>
  spawn(process.execPath, [SCRIPT, probe.database.appUrl, 'queue', `probe.${queue}`, String(hoursAhead)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
const kill = async (child: ChildProcess): Promise<void> => {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};
const taskOf = (queue: string, payload: unknown = null, rest: Partial<NewTask> = {}): NewTask => ({
  queue: `probe.${queue}`,
  tenantId: tenant,
  payload,
  ...rest,
});
const isEmpty = async (queue: string): Promise<boolean> =>
  !(await here.queue.status()).some((one) => one.queue === `probe.${queue}` && one.waiting > 0);

test('processes killed at any moment: every task has its one effect, within the lease', async () => {
  const children = [startChild('killed'), startChild('killed')];
  const ids = await putAll(
    here,
    Array.from({ length: 400 }, (_, n) => taskOf('killed', n)),
  );
  for (let round = 0; round < 4; round++) {
    const nth = round % 2;
    await once(children[nth]!.stdout!, 'data');
    await sleep(50 + Math.random() * 200);
    await kill(children[nth]!);
    children[nth] = startChild('killed');
  }
  await eventually('all are done', () => isEmpty('killed'), 30_000);
  for (const child of children) await kill(child);
  const effects = await probe.database.admin<{ event_id: string }>('select event_id from probe.effects where event_id = any($1)', [ids]);
  assert.equal(effects.length, ids.length);
  assert.deepEqual(new Set(effects.map((one) => one.event_id)), new Set(ids));
  assert.deepEqual(await here.queue.dead('probe.killed'), []);
});

test('a task that kills its process each time is dead after its attempts, and not tried for ever', async () => {
  const brief = probe.openProcess({ leaseMs: 300, idleMs: 100 });
  await putAll(here, [taskOf('deadly')]);
  // What a process leaves behind that dies in the middle.
  for (let attempt = 1; attempt <= 3; attempt++) {
    await eventually('its lease has run out', async () => {
      const claim = { queue: 'probe.deadly', after: FIRST_TENANT, room: 1, perTenant: 1, running: new Map(), leaseMs: 200 };
      return (await here.db.tx({ module: 'queue', system: true }, (tx) => claimTasks(tx, claim))).length === 1;
    });
  }
  const working = brief.queue.work([probeQueue('deadly', async () => undefined, { maxAttempts: 3 })]);
  await eventually('it is dead', async () => (await here.queue.dead('probe.deadly')).length === 1, 5_000);
  assert.match((await here.queue.dead('probe.deadly'))[0]!.error!, /its process ended/);
  await working.stop();
});

test('a clock of a process that is ahead takes nothing early, and nobody’s lease', async () => {
  const gate = Promise.withResolvers<void>();
  const working = here.queue.work([probeQueue('ahead', () => gate.promise)]);
  await putAll(here, [taskOf('ahead', 'held'), taskOf('ahead', 'next month', { delayMs: 30 * 86_400_000 })]);
  const child = startChild('ahead', 24 * 60);
  let taken = '';
  child.stdout!.on('data', (data: Buffer) => {
    taken += data.toString();
  });
  await sleep(2_500);
  await kill(child);
  assert.equal(taken, '');
  gate.resolve();
  await eventually('the one held is done, the other is still there', async () => {
    const [row] = await probe.database.admin<{ count: string }>(`select count(*) from queue.tasks where queue = 'probe.ahead'`);
    return row!.count === '1';
  });
  await working.stop();
});

test('10,000 tasks that wait cost a look every ten seconds', async () => {
  await putAll(
    here,
    Array.from({ length: 10_000 }, (_, n) => taskOf('asleep', n, { delayMs: 86_400_000 + n })),
  );
  const db = probe.database.openAnother({ poolSize: 2 });
  let asked = 0;
  const counting: Db = { ...db, tx: (...args) => (asked++, db.tx(...args)) };
  const process = createPostgresQueue({ db: counting, log: quiet });
  const working = process.work([probeQueue('asleep', async () => undefined)]);
  // The first looks are those of the start.
  await eventually('it has looked', async () => asked >= 1);
  await sleep(500);
  asked = 0;
  await sleep(3_000);
  assert.ok(asked <= 1, `${asked} transactions in three quiet seconds`);
  const usage = globalThis.process.cpuUsage();
  await sleep(1_000);
  assert.ok(globalThis.process.cpuUsage(usage).user / 1_000 < 100, 'and hardly any processor time');
  await working.stop();
  await process.close();
});

test('a task whose putter died before it could ring is found by the next look', async () => {
  const brief = probe.openProcess({ idleMs: 300 });
  const seen: string[] = [];
  const working = brief.queue.work([probeQueue('silent', async ({ id }) => void seen.push(id))]);
  await sleep(100);
  const id = newId();
  await probe.database.admin(
    `insert into queue.tasks (id, tenant_id, queue, payload, due_at) values ($1, $2, 'probe.silent', 'null', now())`,
    [id, tenant],
  );
  await eventually('it is found', async () => seen.length === 1, 3_000);
  await working.stop();
  assert.deepEqual(seen, [id]);
});

test('a module reaches its own queues only, and in them its own tenants', async () => {
  await putAll(here, [taskOf('walls', 'mine')]);
  const look = 'select payload from queue.tasks where queue = $1';
  const asked = (scope: Parameters<Db['tx']>[0]) => here.db.tx(scope, (tx) => tx.query(look, ['probe.walls']));
  assert.equal((await asked({ module: 'probe', tenants: [tenant] })).length, 1);
  assert.equal((await asked({ module: 'probe', tenants: [newId()] })).length, 0);
  assert.equal((await asked({ module: 'probe', system: true })).length, 1);
  assert.equal((await asked({ module: 'vault', tenants: [tenant] })).length, 0);
  assert.equal((await asked({ module: 'vault', system: true })).length, 0);
  const put = (scope: Parameters<Db['tx']>[0], task: NewTask) => here.db.tx(scope, (tx) => here.queue.put(tx, [task]));
  await assert.rejects(put({ module: 'vault', tenants: [tenant] }, taskOf('walls')), /its own queues/);
  await assert.rejects(put({ module: 'probe', tenants: [newId()] }, taskOf('walls')), /row-level security/);
  await assert.rejects(
    here.db.tx({ module: 'vault', system: true }, (tx) =>
      tx.execute(`insert into queue.tasks (id, tenant_id, queue, payload, due_at) values ($1, $2, 'probe.walls', '1', now())`, [
        newId(),
        tenant,
      ]),
    ),
    /row-level security/,
  );
});

test('a thousand tenants take turns at the price of one', async () => {
  const tenants = Array.from({ length: 1_000 }, newId);
  await putAll(
    here,
    tenants.map((tenantId) => taskOf('many', null, { tenantId, delayMs: 3_600_000 })),
  );
  await putAll(here, [taskOf('many', 'due')]);
  const claim = { queue: 'probe.many', after: FIRST_TENANT, room: 8, perTenant: 4, running: new Map(), leaseMs: 1_000 };
  const from = performance.now();
  const taken = await here.db.tx({ module: 'queue', system: true }, (tx) => claimTasks(tx, claim));
  assert.equal(taken.length, 1);
  assert.ok(performance.now() - from < 500, `${Math.round(performance.now() - from)} ms`);
});
