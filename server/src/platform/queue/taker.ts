import type { Db, Tx } from '../db/db.ts';
import { assert } from '../errors.ts';
import { startLeaseKeeper } from '../lease-keeper.ts';
import type { Logger } from '../log.ts';
import { type Loop, type Pause, startLoop } from '../loop.ts';
import { UnderWay } from '../under-way.ts';
import { type Attempt, createAttempts } from './attempt.ts';
import { checkQueueName } from './put.ts';
import type { TaskQueue, Working } from './queue.ts';
import { claimTasks, FIRST_TENANT, type LeasedTask, readNextDue, renewLeases, returnTask } from './store.ts';

export type TakerOptions = {
  /** How long a task is this process's without a sign of life; 30 s unless told, at most 60. */
  leaseMs?: number;
  /** The longest without looking, should a ring get lost; 10 s unless told. */
  idleMs?: number;
  /** Told of each attempt's end. */
  onAttempt?: ((attempt: Attempt) => void) | undefined;
  graceMs?: number;
  patienceMs?: number;
};

export type TakerDeps = TakerOptions & { db: Db; log: Logger };

const SYSTEM = { module: 'queue', system: true } as const;
const LEASE_MS = 30_000;
const LONGEST_LEASE_MS = 60_000;
const IDLE_MS = 10_000;
/** What is due but cannot be taken (all its tenants have their places, another process has it in hand) is looked at again so soon. */
const CONTENDED_MS = 1_000;
const CONCURRENCY = 8;

export type Taker = Working & { /** Looks at once. */ wake(): void; readonly running: ReadonlyMap<string, number> };

/** Takes tasks of some queues, as many at a time as each has places, and keeps their leases while they are worked on. */
export function startTaker(deps: TakerDeps, queues: readonly TaskQueue[]): Taker {
  const { db, log, leaseMs = LEASE_MS, idleMs = IDLE_MS } = deps;
  assert(leaseMs > 0 && leaseMs <= LONGEST_LEASE_MS, 'a lease is at most a minute long');
  for (const { name } of queues) checkQueueName(name);
  const byName = new Map(queues.map((queue) => [queue.name, queue]));
  const underWay = new UnderWay<LeasedTask>(deps);
  /** Where each queue's round of tenants goes on. */
  const rounds = new Map<string, string>();
  const attempts = createAttempts(deps, leaseMs);

  const inHand = (queue: string): LeasedTask[] => underWay.values().filter((task) => task.queue === queue);
  const roomOf = (queue: TaskQueue): number => (queue.concurrency ?? CONCURRENCY) - inHand(queue.name).length;

  function begin(task: LeasedTask): void {
    const queue = byName.get(task.queue)!;
    // Its lease ran out here and nobody else came: what still runs no longer counts.
    underWay.forget(task.id, new Error('the lease was lost'));
    const timeOut = (reason: Error): void => underWay.abort(task.id, reason);
    underWay.begin(
      task.id,
      task,
      (signal) => attempts.make(queue, task, { signal, timeOut }),
      () => loop.wake(),
    );
    keeper.wake();
  }

  async function take(queue: TaskQueue): Promise<boolean> {
    const { name, concurrency = CONCURRENCY, perTenant = Math.ceil(concurrency / 2) } = queue;
    const room = roomOf(queue);
    const running = new Map([...Map.groupBy(inHand(name), ({ tenantId }) => tenantId)].map(([id, tasks]) => [id, tasks.length]));
    const after = rounds.get(name) ?? FIRST_TENANT;
    const taken = await db.tx(SYSTEM, (tx) => claimTasks(tx, { queue: name, after, room, perTenant, running, leaseMs }));
    const last = taken.at(-1);
    if (last) rounds.set(name, last.tenantId);
    for (const task of taken) begin(task);
    return taken.length > 0;
  }

  async function step(stopping: { stopped: boolean }): Promise<Pause> {
    const open = queues.filter((queue) => roomOf(queue) > 0);
    if (open.length === 0) return { ms: idleMs };
    const due = await db.tx({ ...SYSTEM, single: true }, (tx) =>
      readNextDue(
        tx,
        open.map(({ name }) => name),
      ),
    );
    let pauseMs = idleMs;
    for (const queue of open) {
      const inMs = due.get(queue.name);
      if (inMs === undefined) continue;
      if (stopping.stopped) break;
      if (inMs > 0) pauseMs = Math.min(pauseMs, Math.ceil(inMs));
      // Whoever found something looks once more, unless the places are taken: then whatever ends first wakes the loop.
      else if (await take(queue)) pauseMs = roomOf(queue) > 0 ? 0 : pauseMs;
      else pauseMs = Math.min(pauseMs, CONTENDED_MS);
    }
    return { ms: pauseMs };
  }

  async function renew(held: readonly LeasedTask[]): Promise<Set<LeasedTask>> {
    const kept = await db.tx(SYSTEM, (tx) => renewLeases(tx, held, leaseMs));
    return new Set(held.filter(({ id }) => kept.has(id)));
  }

  function lose(task: LeasedTask): void {
    if (underWay.get(task.id) !== task) return;
    log.warn({ queue: task.queue, taskId: task.id }, 'the lease of a task was lost while it was worked on');
    underWay.forget(task.id, new Error('the lease was lost'));
    loop.wake();
  }

  const loop: Loop = startLoop('queue', log, step);
  const keeper: Loop = startLeaseKeeper<LeasedTask>({ name: 'queue leases', log, leaseMs, held: () => underWay.values(), renew, lose });

  return {
    wake: () => loop.wake(),
    get running() {
      return new Map(queues.map(({ name }) => [name, inHand(name).length]));
    },
    async stop() {
      await loop.stop();
      const left = await underWay.stop();
      await keeper.stop();
      if (left.length === 0) return;
      log.warn({ tasks: left.map(({ id, queue }) => `${queue} ${id}`) }, 'tasks did not end in time: others may take them');
      await db
        .tx(SYSTEM, (tx) => giveBack(tx, left))
        .catch((error: Error) => log.warn({ err: error.message }, 'their leases have to run out'));
    },
  };
}

async function giveBack(tx: Tx, tasks: readonly LeasedTask[]): Promise<void> {
  for (const task of tasks) await returnTask(tx, task, { inMs: 0, countAttempt: false, error: null });
}
