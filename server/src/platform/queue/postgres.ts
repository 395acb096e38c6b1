import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import { createQueueAdmin } from './admin.ts';
import { createDoorbell } from './doorbell.ts';
import { putTasks } from './put.ts';
import type { Queue } from './queue.ts';
import { startTaker, type Taker, type TakerOptions } from './taker.ts';

export type PostgresQueueDeps = TakerOptions & { db: Db; log: Logger };

/** Tasks in a table, taken with leases by the database's clock. The default driver, from laptop to cluster. */
export function createPostgresQueue(deps: PostgresQueueDeps): Queue {
  const bell = createDoorbell(deps.db, deps.log);
  const takers = new Set<Taker>();

  return {
    async put(tx, tasks) {
      const ids = await putTasks(tx, tasks);
      const queues = new Set(tasks.map(({ queue }) => queue));
      tx.afterCommit(() => {
        for (const queue of queues) bell.ring(queue);
      });
      return ids;
    },
    work(queues) {
      const names = new Set(queues.map(({ name }) => name));
      const taker = startTaker(deps, queues);
      takers.add(taker);
      const stopHearing = bell.hear((rung) => {
        if (rung.length === 0 || rung.some((name) => names.has(name))) taker.wake();
      });
      return {
        async stop() {
          stopHearing();
          takers.delete(taker);
          await taker.stop();
        },
      };
    },
    ...createQueueAdmin(deps.db),
    async close() {
      await Promise.all([...takers].map((taker) => taker.stop()));
      await bell.close();
    },
  };
}
