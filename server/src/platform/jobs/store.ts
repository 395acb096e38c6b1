import type { Db, Tx } from '../db/db.ts';
import { newId } from '../id.ts';
import type { JobStatus } from './job.ts';

export type LeasedJob = {
  name: string;
  lease: string;
  startedAtMs: number;
  dueAtMs: number;
  failures: number;
  takenOverFrom: string | null;
};
export type Ending = { outcome: 'done' | 'failed' | 'given-back'; tookMs: number; error: string | null; dueAtMs: number };
type Held = Pick<LeasedJob, 'name' | 'lease'>;

/** The database's clock: no process's own decides what is due. */
export async function readNow(tx: Tx): Promise<number> {
  const [row] = await tx.query<{ now: number }>('select (extract(epoch from clock_timestamp()) * 1000)::float8 as now');
  return row!.now;
}

/** Makes known what jobs there are. One that is planned otherwise than before gets its new due time, unless it is due by the old one already. */
export async function registerJobs(tx: Tx, jobs: readonly { name: string; schedule: string; dueAtMs: number }[]): Promise<void> {
  await tx.execute(
    `insert into jobs.jobs as j (name, schedule, due_at)
     select name, schedule, to_timestamp(due_ms / 1000) from unnest($1::text[], $2::text[], $3::float8[]) a (name, schedule, due_ms)
     on conflict (name) do update set schedule = excluded.schedule, due_at = excluded.due_at
     where j.schedule <> excluded.schedule and j.due_at > clock_timestamp()`,
    [jobs.map(({ name }) => name), jobs.map(({ schedule }) => schedule), jobs.map(({ dueAtMs }) => dueAtMs)],
  );
}

/** Takes those of the named jobs that are due, and that nobody has or whose holder has given no sign of life. */
export function claimJobs(tx: Tx, names: readonly string[], { owner, leaseMs }: { owner: string; leaseMs: number }): Promise<LeasedJob[]> {
  return tx.query<LeasedJob>(
    `with due as materialized (
       select name, lease, owner from jobs.jobs
       where name = any($1) and due_at <= clock_timestamp() and (lease is null or leased_until <= clock_timestamp())
       for update skip locked
     )
     update jobs.jobs j set lease = $2, leased_until = clock_timestamp() + $3 * interval '1 millisecond', owner = $4, started_at = clock_timestamp()
     from due where j.name = due.name
     returning j.name, j.lease, (extract(epoch from j.started_at) * 1000)::float8 as "startedAtMs",
       (extract(epoch from j.due_at) * 1000)::float8 as "dueAtMs", j.failures, case when due.lease is not null then due.owner end as "takenOverFrom"`,
    [names, newId(), leaseMs, owner],
  );
}

/** How long until each job is worth a look, in milliseconds: until it is due, or its lease runs out. `mine`: this process ran it last, or nobody did. */
export function readNextLooks(tx: Tx, names: readonly string[], owner: string): Promise<{ name: string; inMs: number; mine: boolean }[]> {
  return tx.query<{ name: string; inMs: number; mine: boolean }>(
    `select name, coalesce(owner = $2, true) as mine,
       (extract(epoch from (case when lease is null then due_at else greatest(due_at, leased_until) end) - clock_timestamp()) * 1000)::float8 as "inMs"
     from jobs.jobs where name = any($1)`,
    [names, owner],
  );
}

/** Renews leases; answers the names of those that still were this process's. */
export async function renewJobs(tx: Tx, held: readonly Held[], leaseMs: number): Promise<Set<string>> {
  const rows = await tx.query<{ name: string }>(
    `update jobs.jobs j set leased_until = clock_timestamp() + $3 * interval '1 millisecond'
     from unnest($1::text[], $2::uuid[]) h (name, lease) where j.name = h.name and j.lease = h.lease returning j.name`,
    [held.map(({ name }) => name), held.map(({ lease }) => lease), leaseMs],
  );
  return new Set(rows.map(({ name }) => name));
}

/** Writes down what a run came to; answers in how many milliseconds the job is due next. One that was asked for meanwhile is due at once. Null when it is in other hands. */
export async function endJob(tx: Tx, { name, lease }: Held, { outcome, tookMs, error, dueAtMs }: Ending): Promise<number | null> {
  const [ended] = await tx.query<{ inMs: number }>(
    `update jobs.jobs set lease = null, leased_until = null, ended_at = clock_timestamp(), took_ms = $3, outcome = $4, error = $5,
       due_at = case when asked_at > started_at then asked_at else to_timestamp($6::float8 / 1000) end,
       succeeded_at = case when $4 = 'done' then clock_timestamp() else succeeded_at end,
       failures = case $4 when 'done' then 0 when 'failed' then failures + 1 else failures end, runs = runs + 1
     where name = $1 and lease = $2
     returning (extract(epoch from due_at - clock_timestamp()) * 1000)::float8 as "inMs"`,
    [name, lease, Math.round(tookMs), outcome, error, dueAtMs],
  );
  return ended ? ended.inMs : null;
}

const CHANNEL = 'lastro_jobs';
const SYSTEM = { module: 'jobs', system: true } as const;

/** Hears of jobs that are asked for. */
export function hearAsked(db: Db, hear: () => void): Promise<() => Promise<void>> {
  return db.listen(CHANNEL, hear);
}

/** What operators do with jobs. Works from any process, whichever modules live there. */
export function createJobsAdmin(db: Db) {
  return {
    /** Every job that some process ever knew, by name. */
    status: (): Promise<JobStatus[]> =>
      db.tx({ ...SYSTEM, single: true }, (tx) =>
        tx.query<JobStatus>(
          `select name, schedule, ${ms('due_at')} as "dueAtMs", case when leased_until > clock_timestamp() then owner end as "runningOn",
             ${ms('ended_at')} as "endedAtMs", took_ms::float8 as "tookMs", outcome, error, ${ms('succeeded_at')} as "succeededAtMs", failures, runs::float8,
             case when lease is null or leased_until <= clock_timestamp()
               then greatest(extract(epoch from clock_timestamp() - due_at) * 1000, 0) else 0 end::float8 as "overdueMs"
           from jobs.jobs order by name`,
        ),
      ),

    /** Makes a job due now, and once more if it is running. False when there is none of that name. */
    runNow: (name: string): Promise<boolean> =>
      db.tx(SYSTEM, async (tx) => {
        const asked = await tx.execute(
          'update jobs.jobs set asked_at = clock_timestamp(), due_at = least(due_at, clock_timestamp()) where name = $1',
          [name],
        );
        await tx.execute('select pg_notify($1, $2)', [CHANNEL, name]);
        return asked > 0;
      }),

    /** Takes a job off the list that no process knows any more; one that does puts it back at its next start. */
    forget: (name: string): Promise<boolean> =>
      db.tx(SYSTEM, async (tx) => (await tx.execute('delete from jobs.jobs where name = $1 and lease is null', [name])) > 0),
  };
}

function ms(column: string): string {
  return `(extract(epoch from ${column}) * 1000)::float8`;
}
