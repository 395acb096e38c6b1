import type { Tx } from '#platform/db/db.ts';

/** Work over the provider's statement that one process at a time does for a connection. */
export type StatementJob = { connection: string; job: string };
/** The job that compares books and statement. */
export const RECONCILIATION = 'reconciliation';
export type JobLease = { owner: string; leaseMs: number };

/** Takes the job if it is due and nobody has it; null otherwise. `markMs` is how far it has come, by the provider's clock. */
export async function claimJob(tx: Tx, { connection, job }: StatementJob, lease: JobLease): Promise<{ markMs: number | null } | null> {
  await tx.execute('insert into payments.statement_jobs (connection, job) values ($1, $2) on conflict do nothing', [connection, job]);
  const rows = await tx.query<{ mark: Date | null }>(
    `update payments.statement_jobs set lease_owner = $3, lease_until = now() + $4::float8 * interval '1 millisecond'
     where connection = $1 and job = $2 and next_at <= now() and (lease_until is null or lease_until <= now()) returning mark`,
    [connection, job, lease.owner, lease.leaseMs],
  );
  return rows[0] ? { markMs: rows[0].mark?.getTime() ?? null } : null;
}

/**
 * Notes how far the job has come and keeps it; false when another process has taken it meanwhile. The provider's word on how far it has
 * told everything is believed up to our database's present: one that is ahead must not make us pass over what comes until then.
 */
export async function advanceJob(tx: Tx, { connection, job }: StatementJob, lease: JobLease, markMs: number | null): Promise<boolean> {
  const count = await tx.execute(
    `update payments.statement_jobs set lease_until = now() + $4::float8 * interval '1 millisecond',
       mark = coalesce(least($5::timestamptz, now() + interval '5 minutes'), mark)
     where connection = $1 and job = $2 and lease_owner = $3`,
    [connection, job, lease.owner, lease.leaseMs, markMs === null ? null : new Date(markMs).toISOString()],
  );
  return count === 1;
}

/** Ends a run: the next is due after a pause. `fault`: code of why it ended early. */
export async function endJob(
  tx: Tx,
  { connection, job }: StatementJob,
  owner: string,
  { pauseMs, fault }: { pauseMs: number; fault: string | null },
): Promise<void> {
  await tx.execute(
    `update payments.statement_jobs set lease_owner = null, lease_until = null, last_fault = $5,
       next_at = now() + $4::float8 * interval '1 millisecond', last_run_at = case when $5::text is null then now() else last_run_at end
     where connection = $1 and job = $2 and lease_owner = $3`,
    [connection, job, owner, pauseMs, fault],
  );
}

/** How far the jobs of a connection have come, and how they fare. */
export async function findJobs(
  tx: Tx,
  connection: string,
): Promise<{ job: string; markMs: number | null; lastRunAtMs: number | null; lastFault: string | null }[]> {
  const rows = await tx.query<{ job: string; mark: Date | null; last_run_at: Date | null; last_fault: string | null }>(
    'select job, mark, last_run_at, last_fault from payments.statement_jobs where connection = $1 order by job',
    [connection],
  );
  return rows.map((row) => ({
    job: row.job,
    markMs: row.mark?.getTime() ?? null,
    lastRunAtMs: row.last_run_at?.getTime() ?? null,
    lastFault: row.last_fault,
  }));
}

/** Somebody waits for it: it is due now, once whoever has it has ended. */
export async function makeJobDue(tx: Tx, { connection, job }: StatementJob): Promise<void> {
  await tx.execute('update payments.statement_jobs set next_at = least(next_at, now()) where connection = $1 and job = $2', [
    connection,
    job,
  ]);
}

/** Since when each job of each connection has not ended well, in seconds. */
export async function findJobAges(tx: Tx): Promise<{ connection: string; job: string; seconds: number }[]> {
  return tx.query(
    `select connection, job, extract(epoch from now() - last_run_at)::float8 as seconds from payments.statement_jobs
     where last_run_at is not null`,
  );
}
