import { hostname } from 'node:os';
import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/db.ts';
import { newId } from '../id.ts';
import type { Logger } from '../log.ts';
import type { Worker } from '../module.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { UnderWay } from '../under-way.ts';
import { type Change, createCommitter, type Hooks, type Learned } from './committer.ts';
import type { Definition } from './definition.ts';
import { type Actions, createDriver } from './driver.ts';
import { createInbox, type Inbox, type InboxEvent, type InboxRows } from './inbox.ts';
import { createRunLeases, type Drive } from './leases.ts';
import { measureMachine, openRuns } from './measure.ts';
import type { Rows } from './rows.ts';
import type { Fact, Run } from './run.ts';
import { createSignal } from './signal.ts';
import { createRunStore, type Lease, type RunStore } from './store.ts';
import { actionsOf, beginPoint, crashPointsOf } from './table.ts';
import { createRunWorker } from './worker.ts';

/** What a machine is, apart from any process that drives it: enough to list its runs, and for people to end them. */
export type MachineDescription<R extends Run, F extends Fact, A extends string> = {
  /** As people and metrics name it: `payments.account-opening`. */
  name: string;
  rows: Rows<R>;
  /** All versions that runs may be on, the newest last: new runs begin with it. */
  definitions: readonly Definition<R, F, A>[];
  inbox?: InboxRows;
  /** What the module writes and does with the changes. */
  hooks?: Hooks<R, F>;
  /** What people may decide about a run in a state that is for them: the fact each decision is. */
  decisions?: { readonly [decision: string]: (run: R, nowMs: number) => F };
};

export type MachineOptions<R extends Run, F extends Fact, A extends string> = MachineDescription<R, F, A> & {
  deps: { db: Db; clock: Clock; log: Logger; metrics: Metrics };
  actions: Actions<R, F, A>;
  /** How long a process keeps a run to itself without saying so again. A killed process's runs wait as long. */
  leaseMs: number;
  /** Runs the worker drives at once. Default 128. */
  most?: number;
  /** Between two looks when nothing is due and nothing wakes the worker. By default a third of a lease, two seconds at the least and ten at the most. */
  lookMs?: number;
  /** Tests: called with the name of each crash point passed. */
  crashPoint?: ((point: string) => void) | undefined;
};

/** The part of the places that one tenant may have: the rest is for the others. */
const SHARE = 0.75;
const DEFAULT_MOST = 128;
/** How long the end of a process waits for steps that take long. */
const STOP_MS = 8_000;
const LOOK_LEAST_MS = 2_000;
const LOOK_MOST_MS = 10_000;

export type Machine<R extends Run, F extends Fact> = {
  readonly name: string;
  readonly store: RunStore<R>;
  readonly inbox: Inbox | undefined;
  /** The lease of a run that is inserted by whoever is about to `start` it. */
  readonly lease: Lease;
  /** Drives a run without waiting for it. */
  start(run: R): void;
  /** Says that runs are due: to the worker here, or to other processes where none runs here. */
  wake(): void;
  /** Says, in the transaction that inserts them, that runs begin: whoever dies there is asked by the kill tests, as at every move. */
  begun(tx: Tx, count: number): void;
  /** Writes what a fact changes, and goes on with the run if that moved it. */
  apply(run: R, learned: Learned<F>): Promise<R>;
  /** The same in a transaction of the caller's; the run is driven on after its commit. Null: nothing was written. */
  applyIn(tx: Tx, run: R, learned: Learned<F>): Promise<Change<R, F> | null>;
  /** Keeps announcements and makes their runs due, in the caller's transaction. Answers the ids of those that were new. */
  hear(tx: Tx, events: readonly InboxEvent[]): Promise<Set<string>>;
  readonly worker: Worker;
  /** Waits for runs started by requests, and for what is to be written. After the worker stopped. */
  close(): Promise<void>;
};

/**
 * The one engine of long processes: drives runs of a module's table by a definition, through crashes, retries and times. See README.md.
 * @throws when an action of the table is missing, so that a process with a hole in it does not start.
 */
export function createMachine<R extends Run, F extends Fact, A extends string>(options: MachineOptions<R, F, A>): Machine<R, F> {
  const { name, rows, definitions, deps, actions, hooks = {}, leaseMs, most = DEFAULT_MOST } = options;
  const lookMs = options.lookMs ?? Math.min(LOOK_MOST_MS, Math.max(LOOK_LEAST_MS, leaseMs / 3));
  const { db, clock, log, metrics } = deps;
  const { module } = rows;
  const newest = definitions.at(-1);
  if (!newest) throw new Error(`${name} has no definition`);
  for (const { table } of definitions)
    for (const action of actionsOf(table)) if (!(action in actions)) throw new Error(`${name}: there is no action ${action}`);
  const owner = `${hostname()}/${process.pid}/${newId()}`;
  const crashPoint = options.crashPoint ?? (() => undefined);
  const store = createRunStore(
    rows,
    definitions.map(({ version }) => version),
  );
  const inbox = options.inbox && createInbox(rows, options.inbox);
  const signal = createSignal(db, module, log);
  const wake = (): void => (worker.isRunning ? worker.wake() : signal.send(name));
  const committer = createCommitter({ name, db, clock, rows, store, definitions, inbox, hooks, owner, leaseMs, crashPoint, onNews: wake });
  // A run may stop between any two of its steps, so that none is given time before it is told to.
  const underWay = new UnderWay<Drive<R>>({ graceMs: 0, patienceMs: STOP_MS });
  const leases = createRunLeases({ name, db, log, module, store, owner, leaseMs, underWay });
  const driver = createDriver({
    name,
    db,
    clock,
    log,
    metrics,
    rows,
    definitions,
    actions,
    committer,
    underWay,
    leases,
    inbox,
    crashPoint,
  });
  const worker = createRunWorker({
    name,
    db,
    log,
    module,
    store,
    driver,
    inbox,
    owner,
    leaseMs,
    most,
    lookMs,
    perTenant: Math.max(1, Math.floor(most * SHARE)),
    listen: (heard) => signal.listen(name, heard),
  });
  measureMachine(metrics, { name, db, rows: rows as unknown as Rows<Run>, isOpen: openRuns(newest), running: () => driver.running });

  return {
    name,
    store,
    inbox,
    lease: { owner, forMs: leaseMs },
    start(run) {
      void driver.drive(run);
    },
    wake,
    begun(tx, count) {
      if (count === 0) return;
      crashPoint(beginPoint(name, newest.begins, 'before'));
      tx.afterCommit(() => crashPoint(beginPoint(name, newest.begins, 'after')));
    },
    async apply(run, learned) {
      const applied = await committer.apply(run, learned);
      if (applied.moved) void driver.drive(applied.run);
      return applied.run;
    },
    async applyIn(tx, run, learned) {
      const change = await committer.applyIn(tx, run, learned);
      if (change) tx.afterCommit(() => void driver.drive(change.after));
      return change;
    },
    async hear(tx, events) {
      if (!inbox) throw new Error(`${name} has no inbox`);
      const fresh = await inbox.receive(tx, events);
      if (fresh.size > 0) tx.afterCommit(wake);
      return fresh;
    },
    worker,
    async close() {
      await driver.stop();
      await committer.drain();
      await signal.flush();
    },
  };
}

/** The crash points of a machine as it stands: those of its newest definition. */
export function pointsOf<R extends Run, F extends Fact, A extends string>(
  { name, definitions }: Pick<MachineDescription<R, F, A>, 'name' | 'definitions'>,
  actions: { readonly [Name in A]?: { inside?: true } } = {},
): string[] {
  const inside = Object.entries<{ inside?: true } | undefined>(actions).flatMap(([action, is]) => (is?.inside ? [action] : []));
  const { table, begins } = definitions.at(-1)!;
  return crashPointsOf(name, { table, begins }, inside);
}
