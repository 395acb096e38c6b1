import type { Db, Tx } from '../db/db.ts';
import type { Logger } from '../log.ts';

/**
 * Work for one of many processes, done at least once. The default driver is Postgres (`postgres.ts`); whatever carries tasks must pass
 * `contract-test.ts`. Not for what many need to hear (that is an event), nor for a process with states (that is a machine).
 */
export type Queue = {
  /**
   * Puts tasks into the caller's transaction: they are there if and only if it commits. Answers their ids, in order. A task whose `key` is
   * waiting already replaces its payload and makes it due no later; one that is being worked on is done once more afterwards.
   */
  put(tx: Tx, tasks: readonly NewTask[]): Promise<string[]>;
  /** Begins to take tasks of these queues, for as long as it is not stopped. */
  work(queues: readonly TaskQueue[]): Working;
  status(): Promise<QueueStatus[]>;
  /** The tasks of a queue that failed for good, newest first, at most a hundred. */
  dead(queue: string): Promise<DeadTask[]>;
  /** Puts dead tasks back in line, all or one, with all their attempts; answers how many. One whose key is waiting anew stays where it is. */
  redrive(queue: string, id?: string): Promise<number>;
  close(): Promise<void>;
};

export type NewTask<P = unknown> = {
  /** `module.name`; the module is the one whose transaction it is. */
  queue: string;
  tenantId: string;
  /** Plain JSON of at most 64 KiB, with ids of subjects and never their data. */
  payload: P;
  /** How long it waits before anybody takes it, by the clock of whoever carries tasks; not at all by default. */
  delayMs?: number;
  /** At most one task of a tenant and queue with this key waits at a time. */
  key?: string;
};

export type Task<P = unknown> = {
  id: string;
  tenantId: string;
  payload: P;
  /** Which attempt this is, from 1. One cut off by a killed process counts, one given back by an orderly stop does not. */
  attempt: number;
};

/** What an attempt came to. Nothing: done. An exception: tried again after a growing pause, until the attempts are used up. */
export type TaskOutcome = undefined | { retryInMs: number } | { dead: string };

export type TaskContext = {
  db: Db;
  log: Logger;
  /** Told when the lease is lost, the time is up or the process stops: whatever goes on after that may be done elsewhere, too. */
  signal: AbortSignal;
  /**
   * Ends the task in the transaction of its effect, of the task's module: both happen or neither, and exactly once whatever is killed.
   * @throws LeaseLost when another process has the task by now; the transaction then rolls back with the effect.
   */
  finish(tx: Tx): Promise<void>;
};

/** A kind of work, as a module declares it. */
export type TaskQueue<P = unknown> = {
  /** `module.name`, the same in all processes. */
  name: string;
  /** Does one task. May be called again for the same task: end it with `ctx.finish`, or be such that repeating changes nothing. */
  run(task: Task<P>, ctx: TaskContext): Promise<TaskOutcome> | Promise<void>;
  /** Tasks at a time in one process; 8 unless told. */
  concurrency?: number;
  /** Tasks of one tenant at a time in one process; half of `concurrency` unless told, so that no tenant has all places. */
  perTenant?: number;
  /** Attempts until a task is dead; 20 unless told. */
  maxAttempts?: number;
  /** The pause after the first failed attempt, and the longest; 1 s and 10 min unless told. */
  retry?: { baseMs: number; maxMs: number };
  /** Time of one attempt; 60 s unless told. After it the task is taken back and fails, whether it listens to the signal or not. */
  timeoutMs?: number;
};

/** A queue that takes any payload: how a list of queues of different payloads is written down. */
export function defineQueue<P>(queue: TaskQueue<P>): TaskQueue {
  return queue as TaskQueue;
}

export type Working = { /** Ends within ten seconds, with whatever was under way given back to others. */ stop(): Promise<void> };

export type QueueStatus = {
  queue: string;
  /** Tasks that wait, delayed ones included; counted up to 10,000. */
  waiting: number;
  /** How long the oldest that is due has been so, in milliseconds; null when none is. */
  oldestDueMs: number | null;
  dead: number;
};

export type DeadTask = { id: string; tenantId: string; key: string | null; attempts: number; error: string | null; diedAtMs: number };

export class LeaseLost extends Error {
  constructor(id: string) {
    super(`task ${id} is in other hands by now`);
  }
}
