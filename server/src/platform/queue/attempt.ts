import { backoffMs } from '../backoff.ts';
import { describeError } from '../bus/handling.ts';
import type { Db, Tx } from '../db/db.ts';
import type { Logger } from '../log.ts';
import { settle } from '../settle.ts';
import { withSpan } from '../telemetry/tracing.ts';
import { withinTime } from '../time-limit.ts';
import { ProcessStops } from '../under-way.ts';
import { LeaseLost, type TaskOutcome, type TaskQueue } from './queue.ts';
import { buryTask, finishTask, type LeasedTask, returnTask } from './store.ts';

/** `later`: it asked to be called again. `lost`: somebody else has it by now, or it ended twice and this was the second. */
export type Ending = 'done' | 'failed' | 'dead' | 'later' | 'lost';
export type Attempt = { queue: string; ending: Ending; seconds: number; lateSeconds: number };

type Deps = { db: Db; log: Logger; onAttempt?: ((attempt: Attempt) => void) | undefined };
type Hands = { signal: AbortSignal; timeOut: (reason: Error) => void };

const SYSTEM = { module: 'queue', system: true } as const;
const MAX_ATTEMPTS = 20;
const TIMEOUT_MS = 60_000;
const RETRY = { baseMs: 1_000, maxMs: 600_000 };
const CUT_OFF = 'its process ended during the last attempt';

/** One attempt at a task: runs it, and writes down what came of it. Never rejects. */
export function createAttempts({ db, log, onAttempt }: Deps, leaseMs: number) {
  async function make(queue: TaskQueue, task: LeasedTask, hands: Hands): Promise<void> {
    const startedAt = performance.now();
    const ending = await withSpan(`task ${queue.name}`, { parent: task.traceparent }, () => attempt(queue, task, hands)).catch(
      (error: Error): Ending => {
        log.error(
          { queue: queue.name, taskId: task.id, err: error.message },
          'what came of a task could not be written down: its lease has to run out',
        );
        return 'lost';
      },
    );
    onAttempt?.({ queue: queue.name, ending, seconds: (performance.now() - startedAt) / 1_000, lateSeconds: task.lateMs / 1_000 });
  }

  async function attempt(queue: TaskQueue, task: LeasedTask, hands: Hands): Promise<Ending> {
    const { maxAttempts = MAX_ATTEMPTS } = queue;
    const about = { queue: queue.name, taskId: task.id, tenantId: task.tenantId, attempt: task.attempt };
    if (task.attempt > maxAttempts) return bury(task, CUT_OFF);
    const finished = { isSo: false };
    try {
      const outcome = await withinTime(queue.timeoutMs ?? TIMEOUT_MS, hands.timeOut, run(queue, task, hands, finished));
      if (finished.isSo) return 'done';
      if (outcome === undefined) return (await write((tx) => finishTask(tx, task))) ? 'done' : 'lost';
      if ('dead' in outcome) return await bury(task, outcome.dead);
      const again = { inMs: outcome.retryInMs, countAttempt: false, error: null };
      return (await write((tx) => returnTask(tx, task, again))) ? 'later' : 'lost';
    } catch (error) {
      if (finished.isSo) {
        log.warn({ ...about, err: describeError(error) }, 'a task failed after it was finished');
        return 'done';
      }
      if (error instanceof LeaseLost) return 'lost';
      if (hands.signal.reason instanceof ProcessStops) {
        const back = { inMs: 0, countAttempt: false, error: null };
        return (await write((tx) => returnTask(tx, task, back))) ? 'later' : 'lost';
      }
      const described = describeError(error);
      if (task.attempt >= maxAttempts) return bury(task, described);
      const { baseMs, maxMs } = queue.retry ?? RETRY;
      const inMs = backoffMs(task.attempt, baseMs, maxMs);
      log.warn({ ...about, err: described, retryInMs: Math.round(inMs) }, 'a task failed and is tried again');
      return (await write((tx) => returnTask(tx, task, { inMs, countAttempt: true, error: described }))) ? 'failed' : 'lost';
    }
  }

  async function run(queue: TaskQueue, task: LeasedTask, { signal }: Hands, finished: { isSo: boolean }): Promise<TaskOutcome> {
    const { id, tenantId, payload, attempt } = task;
    const finish = async (tx: Tx): Promise<void> => {
      if (!(await finishTask(tx, task))) throw new LeaseLost(id);
      tx.afterCommit(() => {
        finished.isSo = true;
      });
    };
    return (await queue.run({ id, tenantId, payload, attempt }, { db, log, signal, finish })) ?? undefined;
  }

  async function bury(task: LeasedTask, why: string): Promise<Ending> {
    log.error({ queue: task.queue, taskId: task.id, tenantId: task.tenantId, attempts: task.attempt, err: why }, 'a task is dead');
    return (await write((tx) => buryTask(tx, task, why))) ? 'dead' : 'lost';
  }

  const write = (work: (tx: Tx) => Promise<boolean>): Promise<boolean> => settle(leaseMs, () => db.tx(SYSTEM, work));

  return { make };
}
