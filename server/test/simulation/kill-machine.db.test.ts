/**
 * The kill test of the engine, with a made-up machine: at every point of its table a process dies while it drives runs of every kind, and
 * the next process goes on. At the end each run has ended once, and the other party did each thing once.
 */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '#platform/clock.ts';
import { createInspector } from '#platform/machine/inspect.ts';
import { pointsOf } from '#platform/machine/machine.ts';
import {
  askedAs,
  beginErrands,
  countErrands,
  errandMachine,
  eventually,
  openErrands,
  openErrandsDatabase,
  TENANT,
} from '../support/errands.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { killAtEachPoint } from './kill-points.ts';

let database: TestDatabase;
let outside: Server;
let url: string;
const done = new Map<string, number>();
const behaviour = new Map<string, 'refuses' | 'answers-late' | 'loses'>();
let child: ChildProcess | undefined;

before(async () => {
  database = await openErrandsDatabase();
  outside = createServer((request, response) => {
    const [, step, id] = request.url!.split('/');
    response.end(answer(step!, id!));
  });
  outside.listen(0, '127.0.0.1');
  await once(outside, 'listening');
  url = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
});
after(async () => {
  child?.kill('SIGKILL');
  outside?.close();
  await database?.close();
});

/** Once for an id, however often it is asked; some refuse, some do it and lose the answer, some lose what they were asked. */
function answer(step: string, id: string): string {
  const manner = behaviour.get(id);
  if (step === 'query') return done.has(id) ? 'taken' : 'not-found';
  if (step === 'send' && manner === 'refuses') return 'refused';
  if (step === 'send' && manner === 'loses') {
    behaviour.delete(id);
    return 'answer-missing';
  }
  const isFirst = !done.has(id);
  done.set(id, (done.get(id) ?? 0) + (isFirst ? 1 : 0));
  return step === 'send' && manner === 'answers-late' && isFirst ? 'answer-missing' : 'taken';
}

async function start(dieAt = ''): Promise<ChildProcess> {
  const script = path.join(import.meta.dirname, '../support/errand-process.ts');
  const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env;
  const env = { PATH, HOME, NODE_COMPILE_CACHE, DATABASE_URL: database.appUrl, OUTSIDE_URL: url, DIE_AT: dieAt };
  const started = spawn(process.execPath, [script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(started.stdout!, 'data');
  return started;
}

/** Lets a process die at the point with runs of every kind before it, and answers once the next one has brought them to rest. */
async function strike(point: string): Promise<void> {
  child?.kill('SIGKILL');
  child = undefined;
  const ids = await beginErrands(database.db, { count: 4, endsInMs: 60_000 });
  const [straight, ...others] = ids;
  for (const [at, manner] of (['refuses', 'answers-late', 'loses'] as const).entries()) behaviour.set(askedAs(others[at]!, 'send'), manner);
  const [late] = await beginErrands(database.db, { status: 'waiting', endsInMs: 100 });
  const [standing] = await beginErrands(database.db, { status: 'stuck', dueInMs: null });
  await announce(straight!, standing!);
  const dying = await start(point);
  const [code, signal] = (await once(dying, 'exit')) as [number | null, string | null];
  assert.deepEqual([code, signal], [null, 'SIGKILL'], `${point} was never passed`);
  child = await start();
  const expected = {
    [straight!]: 'done',
    [others[0]!]: 'cancelled',
    [others[1]!]: 'waiting',
    [others[2]!]: 'waiting',
    [late!]: 'stuck',
    [standing!]: 'done',
  };
  await eventually(
    'the end of all',
    () => statesOf(Object.keys(expected)),
    (states) => JSON.stringify(sorted(states)) === JSON.stringify(sorted(expected)),
    30_000,
  );
}

const sorted = (record: object) => Object.entries(record).sort();
async function statesOf(ids: readonly string[]): Promise<Record<string, string>> {
  const rows = await database.admin<{ id: string; status: string }>('select id, status from errands.errands where id = any($1)', [ids]);
  return Object.fromEntries(rows.map(({ id, status }) => [id, status]));
}

async function announce(...ids: string[]): Promise<void> {
  const { machine, close } = openErrands(database.db);
  await database.db.tx({ module: 'errands', tenants: [TENANT] }, (tx) =>
    machine.hear(
      tx,
      ids.map((id) => ({ tenantId: TENANT, source: 'other', eventId: id, correlation: id, type: 'answered', data: {} })),
    ),
  );
  await close();
}

/** Every move is in the steps once for each run that made it, and each thing was done once. */
async function check(): Promise<void> {
  const twice = await database.admin(
    `select errand_id, status_before, status_after from errands.errand_steps where status_before <> status_after
     and status_before not in ('reserved', 'unknown') group by 1, 2, 3 having count(*) > 1`,
  );
  assert.deepEqual(twice, [], 'no move was made twice');
  assert.ok([...done.values()].every((times) => times === 1));
  const sent = await database.admin<{ id: string; status: string }>(`select id, status from errands.errands where status <> 'asked'`);
  for (const { id, status } of sent)
    if (done.has(askedAs(id, 'reserve')))
      assert.equal(done.has(askedAs(id, 'send')), status !== 'cancelled', 'what went out is what the rows say');
}

killAtEachPoint({
  points: pointsOf(errandMachine, { listen: { inside: true } }),
  situations: [[/^errands\.errand\/(?!stuck>cancelled|>asked)/, strike]],
  unreached: Object.fromEntries(
    ['before', 'after'].flatMap((when) => [
      [`errands.errand/stuck>cancelled:${when}`, 'a person decides it, in another process: see the test below'],
      [`errands.errand/>asked:${when}`, 'errands are begun by the test itself'],
    ]),
  ),
  check,
});

test('what people decide survives whoever decides, and is carried out once', async () => {
  const [id] = await beginErrands(database.db, { status: 'stuck', dueInMs: null });
  const order = { id: id!, decision: 'cancel', reason: 'a test', by: { kind: 'person', id: 'p' } as const };
  const dying = createInspector(
    { ...errandMachine, hooks: { alongside: () => Promise.reject(new Error('died before the commit')) } },
    { db: database.db, clock: systemClock, wake: () => undefined },
  );
  await assert.rejects(dying.resolve(order), /died/);
  assert.deepEqual(await statesOf([id!]), { [id!]: 'stuck' });
  await createInspector(errandMachine, { db: database.db, clock: systemClock, wake: () => undefined }).resolve(order);
  assert.deepEqual(await statesOf([id!]), { [id!]: 'cancelled' });
});

test('whoever is killed while a step runs is followed within its lease, not hours later', async () => {
  child?.kill('SIGKILL');
  const [id] = await beginErrands(database.db, { endsInMs: 60_000 });
  const dying = await start('errands.errand/send:after');
  await once(dying, 'exit');
  const from = performance.now();
  child = await start();
  await eventually(
    'the end',
    () => statesOf([id!]),
    (states) => states[id!] === 'waiting',
    10_000,
  );
  assert.ok(performance.now() - from < 8_000, 'a lease of one second, and the start of a process');
  assert.ok((await countErrands(database)).waiting! > 0);
});
