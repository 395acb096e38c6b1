import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { beginErrands, errandMachine, eventually, openErrands, openErrandsDatabase, TENANT } from '../../../test/support/errands.ts';
import type { TestDatabase } from '../../../test/support/test-database.ts';
import { systemClock } from '../clock.ts';
import { createInspector } from './inspect.ts';

let database: TestDatabase;
const by = { kind: 'person', id: 'somebody' } as const;
const other = '0192f000-0000-7000-8000-00000000e003';
before(async () => {
  database = await openErrandsDatabase();
});
after(() => database?.close());
beforeEach(() => database.admin('truncate errands.errands, errands.errand_steps, errands.inbox'));
let close: (() => Promise<void>) | undefined;
afterEach(async () => {
  await close?.();
  close = undefined;
});
const look = (tenants?: readonly string[]) =>
  createInspector(errandMachine, { db: database.db, clock: systemClock, wake: () => undefined, ...(tenants ? { tenants } : {}) });
function work() {
  const one = openErrands(database.db);
  one.machine.worker.start();
  close = one.close;
  return one;
}

describe('whoever looks after long processes', () => {
  test('sees them by state, age and tenant: what each waits for, until when', async () => {
    await beginErrands(database.db, { count: 3, status: 'reserved', dueInMs: 60_000 });
    await beginErrands(database.db, { status: 'stuck', dueInMs: null, tenantId: other });
    await beginErrands(database.db, { count: 2, status: 'done' });
    const summary = await look().summary();
    assert.deepEqual(
      summary.map(({ status, count }) => [status, count]),
      [
        ['reserved', 3],
        ['stuck', 1],
      ],
    );
    const [first, second] = await look().list({ state: 'reserved', limit: 2 });
    assert.equal(first!.waitsFor, 'send');
    assert.ok(Date.parse(first!.until!) > Date.now() + 50_000);
    const rest = await look().list({ limit: 10, after: { sinceMs: Date.parse(second!.since), id: second!.id } });
    assert.equal(rest.length, 2);
    assert.equal((await look().list({ tenantId: other, limit: 10 })).length, 1);
    assert.deepEqual(await look([TENANT]).list({ state: 'stuck', limit: 10 }), [], 'another tenant’s do not exist');
  });

  test('tries at once what waits for its next try, with a reason that is kept', async () => {
    const [id] = await beginErrands(database.db, { dueInMs: 3_600_000 });
    const { machine } = work();
    await look().retry({ id: id!, reason: 'the other side is back', by });
    machine.wake();
    const shown = await eventually(
      'the wait',
      () => look().show(id!),
      ({ state }) => state === 'waiting',
    );
    assert.deepEqual(
      shown.steps.map(({ step, actor, reason }) => [step, actor.id, reason]),
      [
        ['retry', 'somebody', 'the other side is back'],
        ['reserve', 'errands', null],
        ['send', 'errands', null],
      ],
    );
    await assert.rejects(look().retry({ id: id!, reason: 'x', by }), { code: 'PLATFORM_BAD_REQUEST' });
    await assert.rejects(look().retry({ id: id!, reason: 'again', by }), { code: 'PLATFORM_BAD_REQUEST' });
    await assert.rejects(look().show(other), { code: 'PLATFORM_NOT_FOUND' });
  });

  test('shows the beginning and the end of what circles for long, and all of what does not', async () => {
    const [id] = await beginErrands(database.db);
    const add = (from: number, to: number) =>
      database.admin(
        `insert into errands.errand_steps (tenant_id, errand_id, step, attempt, started_at, duration_ms, input, outcome, status_before,
           status_after, actor_kind, actor_id)
         select $1, $2, 'query', n, now(), 1, '{}', '{}', 'unknown', 'unknown', 'system', 'errands' from generate_series($3::int, $4::int) n`,
        [TENANT, id, from, to],
      );
    const attempts = async () => (await look().show(id!)).steps.map(({ attempt }) => attempt);
    const counted = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
    await add(1, 150);
    assert.deepEqual(await attempts(), counted(1, 150));
    await add(151, 199);
    assert.deepEqual(await attempts(), counted(1, 199));
    await add(200, 250);
    assert.deepEqual(await attempts(), [...counted(1, 100), ...counted(151, 250)]);
  });

  test('ends what is for people, and nothing else, once, with a reason', async () => {
    const [id] = await beginErrands(database.db, { status: 'stuck', dueInMs: null });
    assert.deepEqual((await look().show(id!)).decisions, ['cancel']);
    await assert.rejects(look().resolve({ id: id!, decision: 'cancel', reason: ' ', by }), { code: 'PLATFORM_BAD_REQUEST' });
    await assert.rejects(look().resolve({ id: id!, decision: 'forget', reason: 'so it is', by }), { code: 'PLATFORM_BAD_REQUEST' });
    const order = { id: id!, decision: 'cancel', reason: 'nobody answered', by };
    const ended = await Promise.allSettled([look().resolve(order), look().resolve(order)]);
    assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 1);
    const { state, steps } = await look().show(id!);
    assert.deepEqual([state, steps.map(({ step, reason }) => `${step}: ${reason}`)], ['cancelled', ['resolve: nobody answered']]);
    const [waiting] = await beginErrands(database.db, { status: 'waiting', dueInMs: null });
    await assert.rejects(look().resolve({ ...order, id: waiting! }), { code: 'PLATFORM_BAD_REQUEST' });
  });

  test('is told the oldest of each state in the metrics', async () => {
    await beginErrands(database.db, { count: 2, status: 'stuck', dueInMs: null });
    await database.admin(`update errands.errands set status_since = now() - interval '1 hour'`);
    const { metrics } = work();
    const text = await metrics.registry.metrics();
    assert.match(text, /lastro_machine_open\{machine="errands\.errand",state="stuck"\} 2/);
    const [, seconds] = text.match(/lastro_machine_oldest_seconds\{machine="errands\.errand",state="stuck"\} ([\d.]+)/) ?? [];
    assert.ok(Number(seconds) >= 3_600 && Number(seconds) < 3_700, seconds);
    assert.match(text, /lastro_machine_running\{machine="errands\.errand"\} 0/);
  });
});
