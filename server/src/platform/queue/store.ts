import type { Tx } from '../db/db.ts';
import { newId } from '../id.ts';

/** A task in this process's hands. `lease` proves that it still is. */
export type LeasedTask = {
  id: string;
  lease: string;
  queue: string;
  tenantId: string;
  payload: unknown;
  attempt: number;
  traceparent: string | null;
  /** How long it had been due. */
  lateMs: number;
};

export type Claim = {
  queue: string;
  /** Tenants after this one in their round come first. */
  after: string;
  room: number;
  perTenant: number;
  /** Tasks of each tenant that this process has in hand. */
  running: ReadonlyMap<string, number>;
  leaseMs: number;
};

export const FIRST_TENANT = '00000000-0000-0000-0000-000000000000';
const LAST_TENANT = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Goes from tenant to tenant, one seek each whatever they have waiting, to the first `room` of them with something due and a place left; leases the oldest of
 * each, then their second oldest, and so on. What another process is just taking is passed over. All times are the database's.
 */
const CLAIM = `
with recursive tenants as (
  (select t.tenant_id, t.due_at from queue.tasks t where t.queue = $1 and t.tenant_id > $2 and t.tenant_id <= $3
   order by t.tenant_id, t.due_at limit 1)
  union all
  select n.tenant_id, n.due_at from tenants before cross join lateral (
    select t.tenant_id, t.due_at from queue.tasks t where t.queue = $1 and t.tenant_id > before.tenant_id and t.tenant_id <= $3
    order by t.tenant_id, t.due_at limit 1) n
), here as (
  select * from unnest($6::uuid[], $7::int[]) as r (tenant_id, running)
), turns as (
  select d.tenant_id, $5 - coalesce((select h.running from here h where h.tenant_id = d.tenant_id), 0) as places from tenants d
  where d.due_at <= clock_timestamp() and not exists (select from here h where h.tenant_id = d.tenant_id and h.running >= $5)
  limit $4
), oldest as materialized (
  select o.id, o.due_at, t.places, row_number() over (partition by t.tenant_id order by o.due_at) as nth
  from turns t cross join lateral (
    select s.id, s.due_at from queue.tasks s where s.queue = $1 and s.tenant_id = t.tenant_id and s.due_at <= clock_timestamp()
    order by s.due_at limit $5 for update skip locked) o
), taken as (
  select id, due_at from oldest where nth <= places order by nth, due_at limit $4
)
update queue.tasks q set lease = $8, attempts = q.attempts + 1, due_at = clock_timestamp() + $9 * interval '1 millisecond'
from taken where q.id = taken.id
returning q.id, q.lease, q.queue, q.tenant_id as "tenantId", q.payload, q.attempts as attempt, q.traceparent,
  (extract(epoch from clock_timestamp() - taken.due_at) * 1000)::float8 as "lateMs"`;

/** Leases what is due, tenants in turn; answers it. All of them carry one new lease. */
export async function claimTasks(tx: Tx, { queue, after, room, perTenant, running, leaseMs }: Claim): Promise<LeasedTask[]> {
  const here = new Map(running);
  const claim = async (from: string, to: string, left: number): Promise<LeasedTask[]> => {
    if (left <= 0) return [];
    const values = [queue, from, to, left, perTenant, [...here.keys()], [...here.values()], newId(), leaseMs];
    const taken = await tx.query<LeasedTask>(CLAIM, values);
    for (const { tenantId } of taken) here.set(tenantId, (here.get(tenantId) ?? 0) + 1);
    return taken;
  };
  const first = await claim(after, LAST_TENANT, room);
  return after === FIRST_TENANT ? first : [...first, ...(await claim(FIRST_TENANT, after, room - first.length))];
}

/** How long until something of each queue is due, in milliseconds; zero or less when it is, absent when nothing waits. One seek a queue. */
export async function readNextDue(tx: Tx, queues: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.query<{ queue: string; inMs: number }>(
    `select q.name as queue, (extract(epoch from n.due_at - clock_timestamp()) * 1000)::float8 as "inMs"
     from unnest($1::text[]) q (name) cross join lateral (
       select t.due_at from queue.tasks t where t.queue = q.name order by t.due_at limit 1) n`,
    [queues],
  );
  return new Map(rows.map(({ queue, inMs }) => [queue, inMs]));
}

type Held = Pick<LeasedTask, 'id' | 'lease'>;

/** Renews leases; answers the ids of those that still were this process's. */
export async function renewLeases(tx: Tx, held: readonly Held[], leaseMs: number): Promise<Set<string>> {
  const rows = await tx.query<{ id: string }>(
    `update queue.tasks t set due_at = clock_timestamp() + $3 * interval '1 millisecond'
     from unnest($1::uuid[], $2::uuid[]) h (id, lease) where t.id = h.id and t.lease = h.lease returning t.id`,
    [held.map(({ id }) => id), held.map(({ lease }) => lease), leaseMs],
  );
  return new Set(rows.map(({ id }) => id));
}

/** Ends a task that is done, or makes it due once more if it was put again meanwhile. False when it is in other hands. */
export async function finishTask(tx: Tx, { id, lease }: Held): Promise<boolean> {
  const done = await tx.execute('delete from queue.tasks where id = $1 and lease = $2 and not again', [id, lease]);
  if (done > 0) return true;
  const again = await tx.execute(
    `update queue.tasks set lease = null, again = false, attempts = 0, error = null, due_at = clock_timestamp() where id = $1 and lease = $2`,
    [id, lease],
  );
  return again > 0;
}

/** Gives a task back, to be taken after a pause. `countAttempt: false`: this attempt was none. */
export async function returnTask(
  tx: Tx,
  { id, lease }: Held,
  how: { inMs: number; countAttempt: boolean; error: string | null },
): Promise<boolean> {
  const returned = await tx.execute(
    `update queue.tasks set lease = null, again = false, due_at = clock_timestamp() + $3 * interval '1 millisecond',
       attempts = attempts - $4, error = coalesce($5, error) where id = $1 and lease = $2`,
    [id, lease, Math.round(how.inMs), how.countAttempt ? 0 : 1, how.error],
  );
  return returned > 0;
}

/** Puts a task aside for good. */
export async function buryTask(tx: Tx, { id, lease }: Held, error: string): Promise<boolean> {
  const buried = await tx.execute(
    `with gone as (delete from queue.tasks where id = $1 and lease = $2 returning *)
     insert into queue.dead_tasks (id, tenant_id, queue, unique_key, payload, attempts, error, traceparent, created_at)
     select id, tenant_id, queue, unique_key, payload, attempts, $3, traceparent, created_at from gone`,
    [id, lease, error],
  );
  return buried > 0;
}
