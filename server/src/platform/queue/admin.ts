import type { Db } from '../db/db.ts';
import { ringIn } from './doorbell.ts';
import type { DeadTask, QueueStatus } from './queue.ts';

const SYSTEM = { module: 'queue', system: true } as const;
const LOOK = { ...SYSTEM, single: true } as const;
/** What waits is counted up to here: a scrape must not read a backlog of millions. */
const COUNTED = 10_000;
const LISTED = 100;

/** What operators do with queues. Works from any process, whichever modules live there; a queue shows while it holds anything. */
export function createQueueAdmin(db: Db) {
  return {
    status: (): Promise<QueueStatus[]> =>
      db.tx(LOOK, (tx) =>
        tx.query<QueueStatus>(
          `with recursive names (queue) as (
             (select min(queue) from queue.tasks)
             union all
             select (select min(t.queue) from queue.tasks t where t.queue > n.queue) from names n where n.queue is not null
           ), every as (
             select queue from names where queue is not null union select queue from queue.dead_tasks
           )
           select e.queue,
             (select count(*) from (select from queue.tasks t where t.queue = e.queue limit ${COUNTED}) w)::int as waiting,
             (select (extract(epoch from clock_timestamp() - t.due_at) * 1000)::float8 from queue.tasks t
              where t.queue = e.queue and t.due_at <= clock_timestamp() order by t.due_at limit 1) as "oldestDueMs",
             (select count(*) from queue.dead_tasks d where d.queue = e.queue)::int as dead
           from every e order by e.queue`,
        ),
      ),

    dead: (queue: string): Promise<DeadTask[]> =>
      db.tx(LOOK, (tx) =>
        tx.query<DeadTask>(
          `select id, tenant_id as "tenantId", unique_key as key, attempts, error, (extract(epoch from died_at) * 1000)::float8 as "diedAtMs"
           from queue.dead_tasks where queue = $1 order by died_at desc limit ${LISTED}`,
          [queue],
        ),
      ),

    redrive: (queue: string, id?: string): Promise<number> =>
      db.tx(SYSTEM, async (tx) => {
        const back = await tx.execute(
          `with back as (
             insert into queue.tasks (id, tenant_id, queue, unique_key, payload, due_at, traceparent, created_at)
             select id, tenant_id, queue, unique_key, payload, clock_timestamp(), traceparent, created_at from queue.dead_tasks
             where queue = $1 and ($2::uuid is null or id = $2)
             on conflict do nothing returning id
           )
           delete from queue.dead_tasks d using back where d.id = back.id`,
          [queue, id ?? null],
        );
        await ringIn(tx, [queue]);
        return back;
      }),
  };
}
