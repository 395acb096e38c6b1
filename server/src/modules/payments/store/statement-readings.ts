import type { Db, Tx } from '#platform/db/db.ts';

/** Reading the provider's statement of a connection, for one of the jobs that do: by one process at a time, and how far it has come. */
export type StatementReading = { connection: string; job: string };
/** The reading that compares books and statement. */
export const RECONCILIATION = 'reconciliation';
export type ReadingLease = { owner: string; leaseMs: number };

/** Takes the reading if nobody has it; null otherwise. `markMs` is how far it has come, by the provider's clock. */
export async function claimReading(
  tx: Tx,
  { connection, job }: StatementReading,
  lease: ReadingLease,
): Promise<{ markMs: number | null } | null> {
  await tx.execute('insert into payments.statement_jobs (connection, job) values ($1, $2) on conflict do nothing', [connection, job]);
  const rows = await tx.query<{ mark: Date | null }>(
    `update payments.statement_jobs set lease_owner = $3, lease_until = now() + $4::float8 * interval '1 millisecond'
     where connection = $1 and job = $2 and (lease_until is null or lease_until <= now()) returning mark`,
    [connection, job, lease.owner, lease.leaseMs],
  );
  return rows[0] ? { markMs: rows[0].mark?.getTime() ?? null } : null;
}

/**
 * Notes how far the reading has come and keeps it; false when another process has taken it meanwhile. The provider's word on how far it has
 * told everything is believed up to our database's present: one that is ahead must not make us pass over what comes until then.
 */
export async function advanceReading(
  tx: Tx,
  { connection, job }: StatementReading,
  lease: ReadingLease,
  markMs: number | null,
): Promise<boolean> {
  const count = await tx.execute(
    `update payments.statement_jobs set lease_until = now() + $4::float8 * interval '1 millisecond',
       mark = coalesce(least($5::timestamptz, now() + interval '5 minutes'), mark)
     where connection = $1 and job = $2 and lease_owner = $3`,
    [connection, job, lease.owner, lease.leaseMs, markMs === null ? null : new Date(markMs).toISOString()],
  );
  return count === 1;
}

/** Gives the reading back when the work over it has ended, however it did. `fault` is a code of why it ended early; null when it ended well. */
export async function endsReading<T extends { fault: string | null }>(
  db: Db,
  { name: { connection, job }, owner }: { name: StatementReading; owner: string },
  work: Promise<T>,
): Promise<T> {
  const end = (fault: string | null) =>
    db.tx({ module: 'payments', system: true }, (tx) =>
      tx.execute(
        `update payments.statement_jobs set lease_owner = null, lease_until = null, last_fault = $4,
           last_run_at = case when $4::text is null then now() else last_run_at end
         where connection = $1 and job = $2 and lease_owner = $3`,
        [connection, job, owner, fault],
      ),
    );
  let done: T;
  try {
    done = await work;
  } catch (error) {
    await end('FAILED').catch(() => undefined);
    throw error;
  }
  await end(done.fault);
  return done;
}

/** Since when each reading of each connection has not ended well, in seconds. */
export async function findReadingAges(tx: Tx): Promise<{ connection: string; job: string; seconds: number }[]> {
  return tx.query(
    `select connection, job, extract(epoch from now() - last_run_at)::float8 as seconds from payments.statement_jobs
     where last_run_at is not null`,
  );
}
