import type { Tx } from '../db/db.ts';
import type { OwnedStep, Step, StepRows } from './rows.ts';
import type { Run } from './run.ts';

/** Steps shown of one run at the most: the first and the last. What circles for days has its beginning and its end told. */
const SHOWN_AT_EACH_END = 100;
/** From there on a step that changes nothing is kept only each time its number doubles. */
const KEPT_WHOLE = 20;

/** Whether a step that changed nothing is worth a row: a run that is tried for days would fill a table. */
export const isWorthKeeping = (attempt: number): boolean => attempt <= KEPT_WHOLE || (attempt & (attempt - 1)) === 0;

/** Keeps what was done, heard or decided, also beside no change of a run. */
export function insertSteps(tx: Tx, { table, run }: StepRows, steps: readonly OwnedStep[]): void {
  if (steps.length === 0) return;
  const column = <T>(of: (step: OwnedStep) => T): T[] => steps.map(of);
  tx.send(
    `insert into ${table} (tenant_id, ${run}, step, attempt, started_at, duration_ms, input, outcome, status_before, status_after,
       actor_kind, actor_id, reason)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::timestamptz[], $6::float8[], $7::jsonb[], $8::jsonb[],
       $9::text[], $10::text[], $11::text[], $12::text[], $13::text[])`,
    [
      column((step) => step.tenantId),
      column((step) => step.runId),
      column((step) => step.step),
      column((step) => step.attempt),
      column((step) => new Date(step.startedAtMs).toISOString()),
      column((step) => step.durationMs),
      column((step) => JSON.stringify(step.input)),
      column((step) => JSON.stringify(step.outcome)),
      column((step) => step.statusBefore),
      column((step) => step.statusAfter),
      column((step) => step.actor.kind),
      column((step) => step.actor.id),
      column((step) => step.reason),
    ],
  );
}

type StepRow = {
  seq: bigint;
  step: string;
  attempt: number;
  started_at: Date;
  duration_ms: number;
  input: Record<string, unknown>;
  outcome: Record<string, unknown>;
  status_before: string;
  status_after: string;
  actor_kind: Step['actor']['kind'];
  actor_id: string;
  reason: string | null;
};

/** The first and the last steps of a run, oldest first. Nearly all runs have fewer than are shown, and cost one seek. */
export async function findSteps(tx: Tx, { table, run, isOfManyTenants }: StepRows, of: Pick<Run, 'tenantId' | 'id'>): Promise<Step[]> {
  const from = `select * from ${table} where ${run} = $1${isOfManyTenants ? '' : ' and tenant_id = $3'}`;
  const ends = (order: string, limit: number): Promise<StepRow[]> =>
    tx.query<StepRow>(`${from} order by ${order} limit $2`, isOfManyTenants ? [of.id, limit] : [of.id, limit, of.tenantId]);
  const first = await ends('seq', 2 * SHOWN_AT_EACH_END);
  if (first.length < 2 * SHOWN_AT_EACH_END) return first.map(toStep);
  const [begun, last] = [first.slice(0, SHOWN_AT_EACH_END), await ends('seq desc', SHOWN_AT_EACH_END)];
  return [...begun, ...last.reverse().filter(({ seq }) => seq > begun.at(-1)!.seq)].map(toStep);
}

const toStep = (row: StepRow): Step => ({
  step: row.step,
  attempt: row.attempt,
  startedAtMs: row.started_at.getTime(),
  durationMs: row.duration_ms,
  input: row.input,
  outcome: row.outcome,
  statusBefore: row.status_before,
  statusAfter: row.status_after,
  actor: { kind: row.actor_kind, id: row.actor_id },
  reason: row.reason,
});
