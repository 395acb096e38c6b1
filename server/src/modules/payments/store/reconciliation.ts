import type { Tx } from '#platform/db/db.ts';

export type Period = { fromMs: number; toMs: number };
export type RunKind = 'moving' | 'day' | 'asked';
export type Run = Period & { id: string; kind: RunKind; businessDate: string | null };

const at = (ms: number): string => new Date(ms).toISOString();

/** Ids of what, by our books, was settled, credited or given back over a connection in a period (system scope). */
export async function findMoved(tx: Tx, connection: string, { fromMs, toMs }: Period): Promise<{ moved: string[]; returned: string[] }> {
  const [moved, returned] = await Promise.all([
    tx.query<{ id: string }>(
      `select end_to_end_id as id from payments.payments where route = 'pix' and status = 'settled' and settled_at >= $1 and settled_at < $2
         and connection = $3
       union select end_to_end_id from payments.receipts where status = 'credited' and received_at >= $1 and received_at < $2
         and connection = $3`,
      [at(fromMs), at(toMs), connection],
    ),
    tx.query<{ id: string }>(
      `select end_to_end_id as id from payments.receipts where status = 'returned' and returned_at >= $1 and returned_at < $2
         and connection = $3`,
      [at(fromMs), at(toMs), connection],
    ),
  ]);
  return { moved: moved.map(({ id }) => id), returned: returned.map(({ id }) => id) };
}

export async function insertRun(tx: Tx, connection: string, run: Run, askedBy: string | null): Promise<void> {
  await tx.execute(
    `insert into payments.reconciliation_runs (id, connection, kind, business_date, from_at, to_at, asked_by) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict do nothing`,
    [run.id, connection, run.kind, run.businessDate, at(run.fromMs), at(run.toMs), askedBy],
  );
}

/** The run that somebody asked for and nobody has begun. */
export async function findAskedRun(tx: Tx, connection: string): Promise<Run | null> {
  const rows = await tx.query<{ id: string; from_at: Date; to_at: Date }>(
    `select id, from_at, to_at from payments.reconciliation_runs where connection = $1 and kind = 'asked' and ended_at is null order by id limit 1`,
    [connection],
  );
  const [row] = rows;
  return row ? { id: row.id, kind: 'asked', businessDate: null, fromMs: row.from_at.getTime(), toMs: row.to_at.getTime() } : null;
}

/** Business dates that have a run which ended well, from one on. */
export async function findDaysDone(tx: Tx, connection: string, from: string): Promise<Set<string>> {
  const rows = await tx.query<{ date: string }>(
    `select business_date::text as date from payments.reconciliation_runs
     where connection = $1 and kind = 'day' and ended_at is not null and fault is null and business_date >= $2`,
    [connection, from],
  );
  return new Set(rows.map(({ date }) => date));
}

export type RunEnd = { reachedMs: number; lines: number; found: number; closed: number; fault: string | null };

export async function endRun(tx: Tx, id: string, { reachedMs, lines, found, closed, fault }: RunEnd): Promise<void> {
  await tx.execute(
    `update payments.reconciliation_runs set begun_at = coalesce(begun_at, asked_at), ended_at = now(), reached_at = $2, lines = $3, found = $4,
       closed = $5, fault = $6 where id = $1`,
    [id, at(reachedMs), lines, found, closed, fault],
  );
}

/** The end of a run, once it has ended. */
export async function findRun(tx: Tx, id: string): Promise<(RunEnd & { endedAtMs: number }) | null> {
  const rows = await tx.query<{
    ended_at: Date | null;
    reached_at: Date;
    lines: bigint;
    found: number;
    closed: number;
    fault: string | null;
  }>('select * from payments.reconciliation_runs where id = $1', [id]);
  const row = rows[0];
  if (!row?.ended_at) return null;
  const { found, closed, fault } = row;
  return { endedAtMs: row.ended_at.getTime(), reachedMs: row.reached_at.getTime(), lines: Number(row.lines), found, closed, fault };
}

/** Seconds since a run of each kind last ended well. */
export async function findRunAges(tx: Tx): Promise<[string, number][]> {
  const rows = await tx.query<{ kind: string; seconds: number }>(
    `select kind, extract(epoch from now() - max(ended_at))::float8 as seconds from payments.reconciliation_runs
     where fault is null and ended_at is not null group by kind`,
  );
  return rows.map(({ kind, seconds }) => [kind, seconds]);
}

/** Runs of the moving window beyond the last thousand say nothing any more. */
export async function forgetRuns(tx: Tx, connection: string): Promise<void> {
  await tx.execute(
    `delete from payments.reconciliation_runs where id in (
       select id from payments.reconciliation_runs where connection = $1 and kind = 'moving' order by ended_at desc nulls first offset 1000 limit 100)`,
    [connection],
  );
}
