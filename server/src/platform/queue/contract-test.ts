import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '../../../test/support/probe/probe.ts';
import {
  type MakeQueue,
  openQueueProbe,
  probeQueue,
  putAll,
  type QueueProcess,
  recordAndFinish,
  sleep,
} from '../../../test/support/probe/queue-probe.ts';
import { newId } from '../id.ts';
import type { NewTask, Task } from './queue.ts';

/** What every driver of the port must do, whatever carries the tasks. */
export function queueContract(name: string, makeQueue: MakeQueue): void {
  describe(`queue contract: ${name}`, () => {
    let probe: Awaited<ReturnType<typeof openQueueProbe>>;
    let here: QueueProcess;
    let there: QueueProcess;
    const tenant = newId();

    before(async () => {
      probe = await openQueueProbe(makeQueue);
      [here, there] = [probe.openProcess(), probe.openProcess()];
    });
    after(() => probe.close());

    const taskOf = (queue: string, payload: unknown = null, rest: Partial<NewTask> = {}): NewTask => ({
      queue: `probe.${queue}`,
      tenantId: tenant,
      payload,
      ...rest,
    });
    const statusOf = async (queue: string) => (await here.queue.status()).find((one) => one.queue === `probe.${queue}`);
    const isEmpty = async (queue: string) => ((await statusOf(queue))?.waiting ?? 0) === 0;

    test('does what was committed, and nothing of what was rolled back', async () => {
      const seen: unknown[] = [];
      const working = here.queue.work([probeQueue('commits', async ({ payload }) => void seen.push(payload))]);
      await assert.rejects(
        here.db.tx({ module: 'probe', tenants: [tenant] }, async (tx) => {
          await here.queue.put(tx, [taskOf('commits', 'lost')]);
          throw new Error('changed its mind');
        }),
        /changed its mind/,
      );
      await putAll(here, [taskOf('commits', 'kept')]);
      await eventually('the task is done', async () => seen.length > 0 && (await isEmpty('commits')));
      await working.stop();
      assert.deepEqual(seen, ['kept']);
    });

    test('a task arrives as it was put, with its id, its tenant and its first attempt', async () => {
      const payload = { texts: ['"', '\\', "'", '{},', 'ção €', '😀', ''], n: 1.5, deep: { none: null } };
      const seen: Task[] = [];
      const working = there.queue.work([probeQueue('as-is', async (task) => void seen.push(task))]);
      const [id] = await putAll(here, [taskOf('as-is', payload)]);
      await eventually('the other process has it', async () => seen.length === 1, 2_000);
      await working.stop();
      assert.deepEqual(seen, [{ id, tenantId: tenant, payload, attempt: 1 }]);
    });

    test('two processes share the work: every task once', async () => {
      const seen: string[] = [];
      const by = [0, 0];
      const workings = [here, there].map((process, nth) =>
        process.queue.work([
          probeQueue('shared', async (task) => {
            by[nth]!++;
            seen.push(task.id);
            await sleep(2);
          }),
        ]),
      );
      const ids = await putAll(
        here,
        Array.from({ length: 300 }, (_, n) => taskOf('shared', n)),
      );
      await eventually('all are done', () => isEmpty('shared'));
      await Promise.all(workings.map((working) => working.stop()));
      assert.deepEqual([...seen].sort(), [...ids].sort());
      assert.ok(Math.min(...by) > 30, `both took part: ${by}`);
    });

    test('a delay is kept, and ends without anybody ringing', async () => {
      const seen: [unknown, number][] = [];
      const working = here.queue.work([probeQueue('delay', async ({ payload }) => void seen.push([payload, performance.now()]))]);
      const from = performance.now();
      await putAll(there, [taskOf('delay', 'late', { delayMs: 900 }), taskOf('delay', 'now')]);
      await eventually('both are done', async () => seen.length === 2, 5_000);
      await working.stop();
      assert.deepEqual(
        seen.map(([payload]) => payload),
        ['now', 'late'],
      );
      const late = seen[1]![1] - from;
      assert.ok(late >= 890 && late < 2_400, `${late} ms`);
    });

    test('what fails is tried again, after its last attempt it is dead, and can be put back', async () => {
      let works = false;
      const attempts: number[] = [];
      const queue = probeQueue(
        'fails',
        async ({ attempt }) => {
          attempts.push(attempt);
          if (!works) throw new Error('no such luck');
        },
        { maxAttempts: 3 },
      );
      const working = here.queue.work([queue]);
      const [id] = await putAll(here, [taskOf('fails', null, { key: 'k' })]);
      await eventually('it is dead', async () => (await statusOf('fails'))?.dead === 1);
      assert.deepEqual(attempts, [1, 2, 3]);
      const [dead] = await there.queue.dead('probe.fails');
      assert.deepEqual([dead?.id, dead?.tenantId, dead?.key, dead?.attempts], [id, tenant, 'k', 3]);
      assert.match(dead?.error ?? '', /no such luck/);
      works = true;
      assert.equal(await there.queue.redrive('probe.fails'), 1);
      await eventually('it is done', async () => (await statusOf('fails')) === undefined, 3_000);
      await working.stop();
      assert.deepEqual(attempts, [1, 2, 3, 1]);
    });

    test('a task may say that it is dead at once, or that it is too early, which costs no attempt', async () => {
      const attempts: number[] = [];
      const working = here.queue.work([
        probeQueue('words', async ({ payload, attempt }) => {
          if (payload === 'dead') return { dead: 'nobody is called that' };
          attempts.push(attempt);
          return attempts.length < 4 ? { retryInMs: 30 } : undefined;
        }),
      ]);
      await putAll(here, [taskOf('words', 'dead'), taskOf('words', 'early')]);
      await eventually('both are over', () => isEmpty('words'));
      await working.stop();
      assert.deepEqual(attempts, [1, 1, 1, 1]);
      assert.match((await here.queue.dead('probe.words'))[0]?.error ?? '', /nobody is called that/);
    });

    test('one key waits once, with the newest word; put while it runs, it runs once more afterwards', async () => {
      const key = 'order-1';
      const other = newId();
      const before = await putAll(here, [
        taskOf('keyed', 1, { key }),
        taskOf('keyed', 2, { key }),
        taskOf('keyed', 9, { key, tenantId: other }),
      ]);
      const again = await putAll(there, [taskOf('keyed', 3, { key, delayMs: 60_000 })]);
      assert.equal(new Set([...before.slice(0, 2), ...again]).size, 1);
      const seen: unknown[] = [];
      const gate = Promise.withResolvers<void>();
      const working = here.queue.work([
        probeQueue('keyed', async ({ payload, tenantId }) => {
          if (tenantId === other) return;
          seen.push(payload);
          if (seen.length === 1) await gate.promise;
        }),
      ]);
      await eventually('it runs', async () => seen.length === 1);
      await putAll(there, [taskOf('keyed', 4, { key })]);
      await putAll(there, [taskOf('keyed', 5, { key })]);
      gate.resolve();
      await eventually('it is done', () => isEmpty('keyed'));
      await working.stop();
      assert.deepEqual(seen, [3, 5]);
    });

    test('a tenant with 10,000 tasks beside one with 1: the one waits for nobody', async () => {
      const small = newId();
      await putAll(
        here,
        Array.from({ length: 10_000 }, (_, n) => taskOf('flood', n)),
      );
      let done = 0;
      let smallAfter: number | undefined;
      const from = performance.now();
      const working = here.queue.work([
        // As many places for one tenant as there are: taking turns alone keeps the small one from waiting.
        probeQueue(
          'flood',
          async ({ tenantId }) => {
            if (tenantId === small) smallAfter ??= done;
            done++;
            await sleep(20);
          },
          { concurrency: 8, perTenant: 8 },
        ),
      ]);
      await eventually('the flood is under way', async () => done >= 8);
      await putAll(there, [taskOf('flood', 'me', { tenantId: small })]);
      await eventually('the small one is done', async () => smallAfter !== undefined, 5_000);
      await working.stop();
      assert.ok(smallAfter! < 200, `${smallAfter} of the flood came before, in ${Math.round(performance.now() - from)} ms`);
      assert.ok((await statusOf('flood'))!.waiting > 9_000);
    });

    test('a slow tenant does not take all places, nor a slow queue those of another', async () => {
      const quick = newId();
      const seen: string[] = [];
      const gate = Promise.withResolvers<void>();
      const slow = probeQueue(
        'slow',
        async ({ tenantId }) => {
          if (tenantId === quick) return void seen.push('quick');
          await gate.promise;
        },
        { concurrency: 4 },
      );
      const working = here.queue.work([slow, probeQueue('brisk', async () => void seen.push('brisk'))]);
      await putAll(
        here,
        Array.from({ length: 20 }, () => taskOf('slow')),
      );
      await eventually('the slow one has its places', async () => (await here.queue.status()).length > 0);
      await sleep(200);
      const from = performance.now();
      await putAll(there, [taskOf('slow', null, { tenantId: quick }), taskOf('brisk')]);
      await eventually('both others are done', async () => seen.length === 2, 3_000);
      assert.ok(performance.now() - from < 2_500);
      gate.resolve();
      await eventually('the slow ones end', () => isEmpty('slow'));
      await working.stop();
    });

    test('a lease is renewed for as long as a task runs', async () => {
      const [one, two] = [probe.openProcess({ leaseMs: 900, idleMs: 200 }), probe.openProcess({ leaseMs: 900, idleMs: 200 })];
      const attempts: number[] = [];
      const queue = probeQueue('long', async ({ attempt }) => {
        attempts.push(attempt);
        await sleep(3_000);
      });
      await putAll(here, [taskOf('long')]);
      const workings = [one.queue.work([queue]), two.queue.work([queue])];
      await eventually('it is done', () => isEmpty('long'));
      await Promise.all(workings.map((working) => working.stop()));
      assert.deepEqual(attempts, [1]);
    });

    test('whoever lost the task cannot end it: one effect, whoever was first', async () => {
      const [slow, quick] = [probe.openProcess({ leaseMs: 300, idleMs: 100 }), probe.openProcess({ leaseMs: 300, idleMs: 100 })];
      const [id] = await putAll(here, [taskOf('twice')]);
      const gate = Promise.withResolvers<void>();
      const errors: string[] = [];
      const started = Promise.withResolvers<void>();
      // The first holds it past its time, as a process that stood still would.
      const first = slow.queue.work([
        probeQueue(
          'twice',
          async (task, ctx) => {
            started.resolve();
            await gate.promise;
            await recordAndFinish(task, ctx).catch((error: Error) => {
              errors.push(error.message);
              throw error;
            });
          },
          { timeoutMs: 200, perTenant: 1, concurrency: 1 },
        ),
      ]);
      await started.promise;
      const stopped = first.stop();
      const taken = Promise.withResolvers<void>();
      const late = Promise.withResolvers<void>();
      const second = quick.queue.work([
        probeQueue('twice', async (task, ctx) => {
          taken.resolve();
          await late.promise;
          await recordAndFinish(task, ctx);
        }),
      ]);
      await taken.promise;
      // The second has it in hand, and has not ended it: what the first says no longer counts.
      gate.resolve();
      await eventually('the first came too late', async () => errors.length === 1);
      late.resolve();
      await eventually('the second did it', () => isEmpty('twice'));
      await Promise.all([stopped, second.stop()]);
      const effects = await probe.database.admin('select from probe.effects where event_id = $1', [id]);
      assert.equal(effects.length, 1);
      assert.match(errors[0]!, /in other hands/);
    });

    test('a stop ends in time with tasks that wait, and others take them at once, without an attempt lost', async () => {
      const stopping = probe.openProcess({ graceMs: 300, patienceMs: 300 });
      const begun: string[] = [];
      const queue = probeQueue('waits', async ({ payload }, { signal }) => {
        begun.push(String(payload));
        await new Promise((_, reject) => {
          if (payload === 'listens') signal.addEventListener('abort', () => reject(signal.reason as Error));
        });
      });
      const working = stopping.queue.work([queue]);
      await putAll(here, [taskOf('waits', 'listens'), taskOf('waits', 'is deaf')]);
      await eventually('both have begun', async () => begun.length === 2);
      const from = performance.now();
      await working.stop();
      assert.ok(performance.now() - from < 2_000);
      const attempts: number[] = [];
      const next = here.queue.work([probeQueue('waits', async ({ attempt }) => void attempts.push(attempt))]);
      await eventually('both are done', () => isEmpty('waits'), 3_000);
      await next.stop();
      assert.deepEqual(attempts, [1, 1]);
    });
  });
}
