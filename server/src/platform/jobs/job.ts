import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import type { Schedule } from './schedule.ts';

/**
 * Something that one process of many does every so often, or daily at a time of a zone, as a module declares it:
 * `{ name: 'ledger.expiry', everyMs: 5_000, run }`, `{ name: 'payments.report', dailyAt: '02:30', zone: 'America/Sao_Paulo', run }`.
 *
 * It may run twice at a time after a process stood still for longer than its lease, so that repeating it must change nothing.
 */
export type Job = Schedule & {
  /** `module.name`, the same in all processes. */
  name: string;
  /** One run. An exception is a failure: logged, counted, and tried again after a growing pause. */
  run(ctx: JobContext): Promise<JobOutcome> | Promise<void>;
  /** Time of one run; ten minutes unless told. After it the run has failed, whether it listens to the signal or not. */
  timeoutMs?: number;
};

/** `goOn`: there is more to do, the next run follows at once. */
export type JobOutcome = { goOn?: boolean };

export type JobContext = {
  /** The database to work on. A job takes it from here and keeps none: where there are many, it runs on each. */
  db: Db;
  log: Logger;
  /** Told when the lease is lost or the process stops. */
  signal: AbortSignal;
  /** When this run was planned for, in milliseconds since the epoch: the first of the days that were missed. */
  dueAtMs: number;
  /**
   * Works for each of many (tenants, connections to a provider) by itself, some at a time, beginning with another one each run. One that fails is logged and keeps
   * no other waiting, and fails the run at its end; one that takes long is left to go on, and the next run passes it over while it does.
   */
  each(names: readonly string[], work: (name: string, signal: AbortSignal) => Promise<void>): Promise<JobOutcome>;
};

export type JobStatus = {
  name: string;
  schedule: string;
  /** Milliseconds since the epoch, like all times here. */
  dueAtMs: number;
  /** The process that runs it at this moment. */
  runningOn: string | null;
  endedAtMs: number | null;
  tookMs: number | null;
  outcome: 'done' | 'failed' | 'given-back' | null;
  error: string | null;
  succeededAtMs: number | null;
  /** In a row. */
  failures: number;
  runs: number;
  /** How long it has been due and nobody runs it; 0 when that is not so. */
  overdueMs: number;
};
