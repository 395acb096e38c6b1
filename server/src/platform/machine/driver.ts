import type { Clock } from '../clock.ts';
import { type CallContext, systemContext } from '../context.ts';
import type { Db } from '../db/db.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { currentTraceparent, withSpan } from '../telemetry/tracing.ts';
import type { UnderWay } from '../under-way.ts';
import type { Committer } from './committer.ts';
import { type Definition, definitionOf, GIVE_UP } from './definition.ts';
import type { Inbox, InboxEvent } from './inbox.ts';
import type { Drive, RunLeases } from './leases.ts';
import type { Rows } from './rows.ts';
import type { Fact, Run } from './run.ts';
import { actionPoint } from './table.ts';

/** What an action came to: the fact, and what the steps say of it. */
export type Done<F extends Fact> = {
  fact: F;
  input?: Record<string, unknown>;
  outcome?: Record<string, unknown>;
  /** The news were looked at with this: all there were when the action began, and these announcements among them. */
  heard?: boolean;
  events?: readonly InboxEvent[];
};

/** What an action is given beside the run. */
export type Acting = {
  /** On whose behalf it happens: the module itself, within the run's trace. */
  ctx: CallContext;
  /** Ends when the process is told to end, or another has the run: whatever still waits then may be given up, and is done again. */
  signal: AbortSignal;
  /** What was announced about the run and not looked at yet, oldest first. */
  unheard(): Promise<InboxEvent[]>;
};

export type Action<R extends Run, F extends Fact> = {
  /** Nothing happens outside the database: no crash point is worth its while. */
  inside?: true;
  /** One call to one other party, harmless to repeat. Nothing here writes to the run's tables, so that nothing here needs undoing. */
  run(run: R, acting: Acting): Promise<Done<F>>;
};
export type Actions<R extends Run, F extends Fact, A extends string> = { readonly [Name in A]: Action<R, F> };

export type DriverDeps<R extends Run, F extends Fact, A extends string> = {
  name: string;
  db: Db;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  rows: Pick<Rows<R>, 'module'>;
  definitions: readonly Definition<R, F, A>[];
  actions: Actions<R, F, A>;
  committer: Committer<R, F>;
  underWay: UnderWay<Drive<R>>;
  leases: RunLeases;
  inbox: Inbox | undefined;
  crashPoint: (point: string) => void;
};

export type Driver<R extends Run> = {
  /**
   * Takes a run as far as it goes without waiting: does what is due, commits what was learned, and goes on only when it was this driver
   * that moved the run. Safe to run twice at once, and to die anywhere. Never rejects.
   */
  drive(run: R, options?: { due?: boolean }): Promise<void>;
  /** Lets each run under way end with its present step, and waits for that within limits; what is not over then is put down, for others. */
  stop(): Promise<void>;
  /** Drives again after a stop. */
  open(): void;
  readonly running: number;
};

export function createDriver<R extends Run, F extends Fact, A extends string>(deps: DriverDeps<R, F, A>): Driver<R> {
  const { name, db, clock, log, committer, underWay, leases, definitions, crashPoint } = deps;
  const { module } = deps.rows;
  let isEnding = false;
  let drives = 0;
  const labels = ['machine', 'step', 'result'];
  const seconds = deps.metrics.histogram('lastro_machine_step_seconds', 'How long each step of a long process takes', labels);

  function actingOn(run: R, signal: AbortSignal): Acting {
    const traceparent = currentTraceparent() ?? run.traceparent;
    return {
      ctx: { ...systemContext(run.tenantId, module), ...(traceparent ? { traceparent } : {}) },
      signal,
      unheard: async () => (deps.inbox ? db.tx({ module, system: true, single: true }, (tx) => deps.inbox!.unheard(tx, run.id)) : []),
    };
  }

  async function act(name_: A | typeof GIVE_UP, run: R, signal: AbortSignal): Promise<Done<F>> {
    const action = (deps.actions as Record<string, Action<R, F> | undefined>)[name_];
    if (!action) {
      if (name_ === GIVE_UP) return { fact: { type: 'time-is-up' } as F, outcome: { result: 'time-is-up' } };
      throw new Error(`there is no action ${name_}`);
    }
    const started = performance.now();
    if (!action.inside) crashPoint(actionPoint(name, name_, 'before'));
    let done: Done<F>;
    try {
      done = await action.run(run, actingOn(run, signal));
    } catch (error) {
      // The other side could not be asked, or its answer was lost. Every action may be repeated, so nothing is concluded from it.
      const code = errorCode(error);
      log.warn({ machine: name, runId: run.id, action: name_, code }, 'a step will be tried again');
      done = { fact: { type: 'nothing-learned' } as F, outcome: { result: 'error', code } };
    }
    if (!action.inside) crashPoint(actionPoint(name, name_, 'after'));
    seconds.observe({ machine: name, step: name_, result: resultOf(done) }, (performance.now() - started) / 1000);
    return done;
  }

  async function run(start: R, due: boolean, signal: AbortSignal): Promise<void> {
    const definition = definitionOf(definitions, start);
    let current = start;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const next = definition.next(current, clock.now());
      if (!next || (next.afterMs > 0 && !(isFirst && due))) return;
      const startedAtMs = clock.now();
      const began = performance.now();
      const done = await act(next.action, current, signal);
      const durationMs = Math.round((performance.now() - began) * 1000) / 1000;
      const applied = await committer.apply(current, {
        fact: done.fact,
        step: { step: next.action, startedAtMs, durationMs, input: done.input ?? {}, outcome: { result: resultOf(done), ...done.outcome } },
        ...(done.heard ? { newsHeard: current.news } : {}),
        ...(done.events ? { events: done.events } : {}),
      });
      if (applied.verdict === 'contradiction') log.error({ machine: name, runId: start.id, fact: done.fact.type }, 'contradicting facts');
      if (!applied.moved) return;
      current = applied.run;
    }
    await leases.letGo([start.id]);
  }

  return {
    async drive(start, options = {}) {
      if (isEnding) return leases.letGo([start.id]);
      const ended = Promise.withResolvers<void>();
      const key = `${start.id}/${++drives}`;
      const attributes = { 'lastro.machine': name, 'lastro.run': start.id };
      const work = (signal: AbortSignal): Promise<void> =>
        withSpan(`${name} drive`, { parent: start.traceparent, attributes }, () => run(start, options.due ?? false, signal)).catch(
          (error: Error) => {
            // The commit failed: the database is away. The lease runs out and whoever is alive then resumes from the last commit.
            log.warn({ machine: name, runId: start.id, err: error.message }, 'a run was put down and will be picked up again');
          },
        );
      underWay.begin(key, { key, run: start, beganAt: performance.now() }, work, ended.resolve);
      leases.keep();
      return ended.promise;
    },
    async stop() {
      isEnding = true;
      const left = await underWay.stop();
      if (left.length > 0) log.warn({ machine: name, count: left.length }, 'steps under way are left to others: the process ends');
      await leases.stop();
      await leases.letGo(left.map((drive) => drive.run.id));
    },
    open() {
      isEnding = false;
    },
    get running() {
      return underWay.size;
    },
  };
}

const resultOf = ({ fact, outcome }: Done<Fact>): string => String(outcome?.result ?? fact.type);

export const errorCode = (error: unknown): string => (error instanceof AppError ? error.code : ((error as Error)?.name ?? 'Error'));
