import type { Actor } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { newId } from '#platform/id.ts';
import type { DifferenceClass, DifferenceKind } from '../domain/reconcile.ts';
import type { Period } from './reconciliation.ts';

export type DifferenceStatus = 'found' | 'explained' | 'compensated' | 'closed';
export type DifferenceRow = {
  id: string;
  tenantId: string;
  class: DifferenceClass;
  kind: DifferenceKind;
  endToEndId: string;
  returnId: string;
  occurredAtMs: number;
  ours: string | null;
  theirs: string | null;
  amountMinor: bigint;
  status: DifferenceStatus;
  times: number;
  firstSeenAtMs: number;
  lastSeenAtMs: number;
};
export type FoundDifference = Pick<
  DifferenceRow,
  'tenantId' | 'class' | 'kind' | 'endToEndId' | 'returnId' | 'occurredAtMs' | 'ours' | 'theirs'
> & {
  amountMinor: string;
};

const SYSTEM: Actor = { kind: 'system', id: 'payments' };

/**
 * Notes what a run found. What is known already is the same row; what had closed itself opens again, while a person's word stands. Answers
 * how many were new or opened again.
 */
export async function noteDifferences(tx: Tx, run: { id: string; connection: string }, found: readonly FoundDifference[]): Promise<number> {
  if (found.length === 0) return 0;
  const rows = await tx.query<{ id: string; tenant_id: string; is_new: boolean; reopened: boolean }>(
    `with known as (
       select d.id, d.status, d.closed_by from payments.differences d
       join jsonb_to_recordset($1::jsonb) as t (kind text, end_to_end_id text, return_id text)
         on d.connection = $2 and d.kind = t.kind and d.end_to_end_id = t.end_to_end_id and d.return_id = t.return_id
     ), written as (
       insert into payments.differences as d (id, tenant_id, connection, class, kind, end_to_end_id, return_id, occurred_at, ours, theirs,
         amount_minor, last_run)
       select id, tenant_id, $2, class, kind, end_to_end_id, return_id, occurred_at, ours, theirs, amount_minor, $3
       from jsonb_to_recordset($1::jsonb) as t (id uuid, tenant_id uuid, class text, kind text, end_to_end_id text, return_id text,
         occurred_at timestamptz, ours text, theirs text, amount_minor numeric)
       on conflict (connection, kind, end_to_end_id, return_id) do update set times = d.times + 1, last_seen_at = now(), last_run = $3,
         ours = excluded.ours, theirs = excluded.theirs, amount_minor = excluded.amount_minor, occurred_at = excluded.occurred_at,
         status = case when d.status = 'closed' and d.closed_by = 'itself' then 'found' else d.status end,
         closed_by = case when d.status = 'closed' and d.closed_by = 'itself' then null else d.closed_by end
       returning d.id, d.tenant_id, d.times
     )
     select w.id, w.tenant_id, k.id is null as is_new, coalesce(k.status = 'closed' and k.closed_by = 'itself', false) as reopened
     from written w left join known k on k.id = w.id`,
    [
      JSON.stringify(
        found.map((one) => ({
          id: newId(),
          tenant_id: one.tenantId,
          class: one.class,
          kind: one.kind,
          end_to_end_id: one.endToEndId,
          return_id: one.returnId,
          occurred_at: new Date(one.occurredAtMs).toISOString(),
          ours: one.ours,
          theirs: one.theirs,
          amount_minor: one.amountMinor,
        })),
      ),
      run.connection,
      run.id,
    ],
  );
  const opened = rows.filter((row) => row.is_new || row.reopened);
  for (const row of opened)
    await insertAct(tx, { id: row.id, tenantId: row.tenant_id }, 'found', SYSTEM, row.reopened ? 'found again' : null);
  return opened.length;
}

/**
 * Closes what a run over its instant did not find any more; a person's explanation included, since there is nothing left to explain. What is
 * about a whole date, only if the run had compared it (`wholes`: their names).
 */
export async function closeGone(
  tx: Tx,
  run: { id: string; connection: string },
  { fromMs, toMs }: Period,
  wholes: readonly string[],
): Promise<number> {
  const rows = await tx.query<{ id: string; tenant_id: string }>(
    `update payments.differences set status = 'closed', closed_by = 'itself'
     where connection = $1 and occurred_at >= $3 and occurred_at < $4 and last_run <> $2 and status in ('found', 'explained')
       and (kind <> 'clearing-differs' or end_to_end_id = any($5::text[]))
     returning id, tenant_id`,
    [run.connection, run.id, new Date(fromMs).toISOString(), new Date(toMs).toISOString(), wholes],
  );
  for (const row of rows) await insertAct(tx, { id: row.id, tenantId: row.tenant_id }, 'closed', SYSTEM, 'not found any more');
  return rows.length;
}

async function insertAct(
  tx: Tx,
  { id, tenantId }: { id: string; tenantId: string },
  status: DifferenceStatus,
  actor: Actor,
  reason: string | null,
): Promise<void> {
  await tx.execute(
    `insert into payments.difference_acts (tenant_id, difference_id, status, actor_kind, actor_id, reason) values ($1, $2, $3, $4, $5, $6)`,
    [tenantId, id, status, actor.kind, actor.id, reason],
  );
}

/** Whether there is such a difference, and a person's word on it would count. */
export async function isDifferenceOpen(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query("select from payments.differences where id = $1 and status in ('found', 'explained')", [id]);
  return rows.length > 0;
}

/** A person's word on a difference; false when there is no such one, or it is over already. */
export async function decideDifference(
  tx: Tx,
  { id, status, actor, reason }: { id: string; status: Exclude<DifferenceStatus, 'found'>; actor: Actor; reason: string },
): Promise<boolean> {
  const rows = await tx.query<{ tenant_id: string }>(
    `update payments.differences set status = $2, closed_by = case when $2 = 'closed' then 'person' end
     where id = $1 and status in ('found', 'explained') returning tenant_id`,
    [id, status],
  );
  if (!rows[0]) return false;
  await insertAct(tx, { id, tenantId: rows[0].tenant_id }, status, actor, reason);
  return true;
}

type Row = {
  id: string;
  tenant_id: string;
  class: DifferenceClass;
  kind: DifferenceKind;
  end_to_end_id: string;
  return_id: string;
  occurred_at: Date;
  ours: string | null;
  theirs: string | null;
  amount_minor: bigint;
  status: DifferenceStatus;
  times: number;
  first_seen_at: Date;
  last_seen_at: Date;
};

/** Differences that are open (found or explained), oldest first; of the tenants in scope. */
export async function listDifferences(tx: Tx, after: { sinceMs: number; id: string } | null, limit: number): Promise<DifferenceRow[]> {
  const rows = await tx.query<Row>(
    `select * from payments.differences where status in ('found', 'explained') and (first_seen_at, id) > ($1::timestamptz, $2::uuid)
     order by first_seen_at, id limit $3`,
    [after ? new Date(after.sinceMs).toISOString() : '1900-01-01T00:00:00Z', after?.id ?? '00000000-0000-0000-0000-000000000000', limit],
  );
  return rows.map((row) => ({
    id: row.id,
    tenantId: row.tenant_id,
    class: row.class,
    kind: row.kind,
    endToEndId: row.end_to_end_id,
    returnId: row.return_id,
    occurredAtMs: row.occurred_at.getTime(),
    ours: row.ours,
    theirs: row.theirs,
    amountMinor: row.amount_minor,
    status: row.status,
    times: row.times,
    firstSeenAtMs: row.first_seen_at.getTime(),
    lastSeenAtMs: row.last_seen_at.getTime(),
  }));
}

/** Of each class: how many are open, and the age of the oldest in seconds (system scope). */
export async function countOpen(tx: Tx): Promise<{ class: string; count: number; oldestSeconds: number }[]> {
  const rows = await tx.query<{ class: string; count: number; seconds: number }>(
    `select class, count(*)::int as count, extract(epoch from now() - min(first_seen_at))::float8 as seconds
     from payments.differences where status in ('found', 'explained') group by class`,
  );
  return rows.map((row) => ({ class: row.class, count: row.count, oldestSeconds: row.seconds }));
}

/** Instants of open differences, oldest first: the days on which a run has to look again. */
export async function findOpenInstants(tx: Tx, connection: string, limit: number): Promise<number[]> {
  const rows = await tx.query<{ at: Date }>(
    `select occurred_at as at from payments.differences where connection = $1 and status in ('found', 'explained') order by occurred_at desc limit $2`,
    [connection, limit],
  );
  return rows.map(({ at }) => at.getTime());
}
