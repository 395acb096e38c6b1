import type { Actor } from '../context.ts';
import type { Run } from './run.ts';

/** A change of a run, as it is to be written. `atMs`: when it was decided, by the clock of the process; spans from then are the database's. */
export type Written<R extends Run> = { before: R; after: R; atMs: number };

/** A column of the module's own, beside those of every run. */
export type OwnColumn<R extends Run> = {
  column: string;
  /** Its SQL type. */
  type: string;
  /** The new value: anything JSON knows, or a bigint, a Buffer, a Date. */
  of(change: Written<R>): unknown;
  /** SQL of the new value, where it is not simply what was given: from the row `p` and what is given, `t`. */
  set?: string;
};

/** The columns of every run, as the database tells them (`platform.machine_columns`). */
export type RunRow = {
  tenant_id: string;
  version: number;
  definition_version: number;
  status: string;
  status_since: Date;
  attempt: number;
  is_over: boolean | null;
  trouble: string | null;
  news: number;
  traceparent: string | null;
};

/** Where a module keeps the runs of a machine, and how a row becomes a record. */
export type Rows<R extends Run> = {
  module: string;
  /** With its schema: `payments.accounts`. */
  table: string;
  /** The column that names a run beside its tenant. */
  id: string;
  /** Further columns to read, as SQL from the row `p`. */
  reads?: string;
  toRecord(row: never): R;
  columns: readonly OwnColumn<R>[];
  /** SQL assignments made when a run is leased, such as counting a try that is about to begin. */
  onClaim?: string;
  /** SQL of when the run is due again, where a pause after this change does not say it. */
  dueAt?: string;
  steps: StepRows;
  /** With whose rights a change is written: those of the run's tenant, unless the change takes it from one tenant to another. */
  rightsFor?(change: Written<R>): 'tenant' | 'module';
};

export type StepRows = {
  /** With its schema: `payments.account_steps`. */
  table: string;
  /** The column with the run's id. */
  run: string;
  /** A run may change its tenant, so that its steps stand under several and are looked for under all of them. */
  isOfManyTenants?: true;
};

/** A thing done for a run, or heard or decided about it. `input` and `outcome` carry ids, codes and numbers, never personal data. */
export type Step = {
  step: string;
  attempt: number;
  startedAtMs: number;
  durationMs: number;
  input: Record<string, unknown>;
  outcome: Record<string, unknown>;
  statusBefore: string;
  statusAfter: string;
  actor: Pick<Actor, 'kind' | 'id'>;
  /** A person's words. */
  reason: string | null;
};
export type OwnedStep = Step & { tenantId: string; runId: string };

/** What is known of a run from the columns that every run has. */
export const readRun = <S extends string>(row: RunRow, id: string): Run<S> => ({
  tenantId: row.tenant_id,
  id,
  version: row.version,
  definition: row.definition_version,
  status: row.status as S,
  statusSinceMs: row.status_since.getTime(),
  attempt: row.attempt,
  isOver: row.is_over === true,
  trouble: row.trouble,
  news: row.news,
  traceparent: row.traceparent,
});
