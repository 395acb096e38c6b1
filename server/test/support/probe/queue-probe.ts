import type { Db } from '#platform/db/db.ts';
import type { Logger } from '#platform/log.ts';
import type { NewTask, Queue, TaskContext, TaskQueue } from '#platform/queue/queue.ts';
import { openTestDatabase, sourcesOf } from '../test-database.ts';
import { probeSource, quiet } from './probe.ts';

export type QueueOptions = { leaseMs?: number; idleMs?: number; graceMs?: number; patienceMs?: number };
export type MakeQueue = (deps: QueueOptions & { db: Db; log: Logger }) => Queue;
export type QueueProcess = { db: Db; queue: Queue };

/** A database with the module `probe`, and as many "processes" on it as a test wants, each with its own queue and connections. */
export async function openQueueProbe(makeQueue: MakeQueue) {
  const database = await openTestDatabase([...sourcesOf(), probeSource]);
  const opened: Queue[] = [];
  return {
    database,
    openProcess(options: QueueOptions = {}): QueueProcess {
      const db = database.openAnother({ poolSize: 6 });
      const queue = makeQueue({ db, log: quiet, ...options });
      opened.push(queue);
      return { db, queue };
    },
    async close() {
      await Promise.all(opened.map((queue) => queue.close()));
      await database.close();
    },
  };
}

export function putAll({ db, queue }: QueueProcess, tasks: readonly NewTask[]): Promise<string[]> {
  const tenants = [...new Set(tasks.map((task) => task.tenantId))];
  return db.tx({ module: 'probe', tenants }, (tx) => queue.put(tx, tasks));
}

/** A queue whose tasks are fast to try again. */
export function probeQueue(name: string, run: TaskQueue['run'], rest: Partial<TaskQueue> = {}): TaskQueue {
  return { name: `probe.${name}`, run, retry: { baseMs: 20, maxMs: 100 }, ...rest };
}

/** Writes one row for the task, and ends it in the same transaction. */
export async function recordAndFinish(task: { id: string; tenantId: string }, ctx: TaskContext): Promise<void> {
  await ctx.db.tx({ module: 'probe', tenants: [task.tenantId] }, async (tx) => {
    await tx.execute(`insert into probe.effects (tenant_id, event_id, position, key, n) values ($1, $2, 0, 'task', 0)`, [
      task.tenantId,
      task.id,
    ]);
    await ctx.finish(tx);
  });
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
