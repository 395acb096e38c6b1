import { plainArray, textArray } from '../db/arrays.ts';
import type { Tx } from '../db/db.ts';
import { assert } from '../errors.ts';
import { isUuid, newId } from '../id.ts';
import { currentTraceparent } from '../telemetry/tracing.ts';
import type { NewTask } from './queue.ts';

const NAME = /^[a-z][a-z_]{0,40}\.[a-z][a-z0-9-]{0,60}$/;
const MAX_TASKS = 10_000;
/** Characters of JSON. A task names what is to be done; documents belong elsewhere. */
const MAX_PAYLOAD_LENGTH = 65_536;
const MAX_KEY_LENGTH = 200;
/** Nobody plans further ahead than this, in milliseconds; more is a slip of units. */
const MAX_DELAY_MS = 10 * 366 * 86_400_000;

export function checkQueueName(name: string): void {
  assert(NAME.test(name), `a queue is named after its module, as in payments.notice, not ${name}`);
}

/**
 * One statement for any number of tasks. A waiting task of the same key takes the newer payload, and is due no later; on one that somebody works on, and
 * who may have read the older payload already, it only marks that it is to be done once more.
 */
export async function putTasks(tx: Tx, tasks: readonly NewTask[]): Promise<string[]> {
  assert(tasks.length <= MAX_TASKS, `at most ${MAX_TASKS} tasks in one call of put`);
  if (tasks.length === 0) return [];
  const traceparent = currentTraceparent() ?? null;
  const places = tasks.map(placeOf);
  // Postgres takes one row a key in a statement: the last word counts.
  const rows = [
    ...new Map(
      tasks.map((task, nth) => [places[nth]!, { place: places[nth]!, id: newId(), task, json: checkedPayload(tx, task) }]),
    ).values(),
  ];
  const column = <V>(pick: (row: (typeof rows)[number]) => V): V[] => rows.map(pick);
  const keyed = await tx.query<{ id: string; tenantId: string; queue: string; key: string }>(
    `with written as (
       insert into queue.tasks (id, tenant_id, queue, unique_key, payload, due_at, traceparent)
       select id, tenant_id, queue, unique_key, payload, clock_timestamp() + delay_ms * interval '1 millisecond', $7
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::int8[])
         as a (id, tenant_id, queue, unique_key, payload, delay_ms)
       on conflict (tenant_id, queue, unique_key) where unique_key is not null do update
         set payload = excluded.payload,
             due_at = case when tasks.lease is null then least(tasks.due_at, excluded.due_at) else tasks.due_at end,
             again = tasks.lease is not null
       returning id, tenant_id as "tenantId", queue, unique_key as key
     )
     select * from written where key is not null`,
    [
      plainArray(column(({ id }) => id)),
      plainArray(column(({ task }) => task.tenantId)),
      textArray(column(({ task }) => task.queue)),
      textArray(column(({ task }) => task.key ?? null)),
      textArray(column(({ json }) => json)),
      plainArray(column(({ task }) => task.delayMs ?? 0)),
      traceparent,
    ],
  );
  const ids = new Map(rows.map(({ place, id }) => [place, id]));
  // The one that waited already keeps its id.
  for (const { id, ...task } of keyed) ids.set(placeOf(task, 0), id);
  return places.map((place) => ids.get(place)!);
}

/** What two tasks have in common that are one: a task without a key is only itself. */
function placeOf({ tenantId, queue, key }: Pick<NewTask, 'tenantId' | 'queue' | 'key'>, nth: number): string {
  return key === undefined ? String(nth) : JSON.stringify([tenantId, queue, key]);
}

function checkedPayload(tx: Tx, { queue, tenantId, payload, delayMs = 0, key }: NewTask): string {
  checkQueueName(queue);
  assert(queue.startsWith(`${tx.scope.module}.`), `${tx.scope.module} puts tasks into its own queues, not into ${queue}`);
  assert(isUuid(tenantId), `the tenant of a task of ${queue} is a UUID`);
  assert(Number.isSafeInteger(delayMs) && delayMs >= 0 && delayMs <= MAX_DELAY_MS, `a task of ${queue} waits 0 ms to ten years`);
  assert(key === undefined || (key.length > 0 && key.length <= MAX_KEY_LENGTH), `a key of ${queue} has 1 to ${MAX_KEY_LENGTH} characters`);
  const json = JSON.stringify(payload);
  assert(
    json !== undefined && json.length <= MAX_PAYLOAD_LENGTH,
    `a payload of ${queue} is JSON of at most ${MAX_PAYLOAD_LENGTH} characters`,
  );
  return json;
}
