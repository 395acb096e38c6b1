import { currentTraceparent, withSpan } from '#platform/telemetry/tracing.ts';
import type { PaymentsDeps } from '../deps.ts';
import { type Action, nextAction, type Pace } from '../domain/next-action.ts';
import type { PaymentRecord } from '../record.ts';
import { type Actions, contextFor, type Done, errorCode } from './actions.ts';
import type { Committer } from './committer.ts';
import type { LeaseKeeper } from './leases.ts';

export type DriverDeps = {
  deps: PaymentsDeps;
  leases: LeaseKeeper;
  actions: Actions;
  committer: Committer;
  pace: Pace;
};

export type Driver = {
  /**
   * Takes a payment as far as it goes without waiting: does what is due, commits what was learned, and goes on only when it was this
   * driver that moved the payment. Safe to run twice at once, and to die anywhere. Never rejects.
   */
  drive(record: PaymentRecord, options?: { due?: boolean }): Promise<void>;
  /** Starts a drive without waiting for it. */
  start(record: PaymentRecord): void;
  drain(): Promise<void>;
  readonly running: number;
};

/** Actions that call another party; the end of a review is decided here. */
const EXTERNAL: ReadonlySet<Action> = new Set(['assess', 'hold', 'transfer', 'send', 'query', 'post', 'release', 'look']);

export function createDriver({ deps, leases, actions, committer, pace }: DriverDeps): Driver {
  const { clock, log } = deps;
  const crashPoint = deps.crashPoint ?? (() => undefined);
  const running = new Set<Promise<void>>();
  const seconds = deps.metrics.histogram('lastro_payment_step_seconds', 'How long each step of a payment takes', ['step', 'result']);

  async function act(action: Action, record: PaymentRecord): Promise<Done> {
    const started = performance.now();
    if (EXTERNAL.has(action)) crashPoint(`${action}:before`);
    let done: Done;
    try {
      done = await actions[action](record, contextFor(record, currentTraceparent()));
    } catch (error) {
      // The other side could not be asked, or its answer was lost. Every action may be repeated, so nothing is concluded from it.
      log.warn({ paymentId: record.id, action, code: errorCode(error) }, 'a step of a payment will be tried again');
      done = { fact: { type: 'nothing-learned' }, input: {}, outcome: { result: 'error', code: errorCode(error) } };
    }
    if (EXTERNAL.has(action)) crashPoint(`${action}:after`);
    seconds.observe({ step: action, result: String(done.outcome.result) }, (performance.now() - started) / 1000);
    return done;
  }

  async function run(start: PaymentRecord, due: boolean): Promise<void> {
    let record = start;
    for (let isFirst = true; ; isFirst = false) {
      const next = nextAction(record, clock.now(), pace);
      if (!next || (next.afterMs > 0 && !(isFirst && due))) return;
      const startedAtMs = clock.now();
      const began = performance.now();
      const { fact, input, outcome, decisionId, heard } = await act(next.action, record);
      const durationMs = Math.round((performance.now() - began) * 1000) / 1000;
      const applied = await committer.apply(record, {
        fact,
        step: { step: next.action, startedAtMs, durationMs, input, outcome },
        ...(decisionId ? { decisionId } : {}),
        ...(heard ? { newsHeard: record.news } : {}),
      });
      if (applied.verdict === 'contradiction') log.error({ paymentId: record.id, fact: fact.type }, 'contradicting facts about a payment');
      if (!applied.moved) return;
      record = applied.record;
    }
  }

  const drive = (record: PaymentRecord, options: { due?: boolean } = {}): Promise<void> => {
    const work = withSpan('payment drive', { parent: record.traceparent, attributes: { 'lastro.payment': record.id } }, () =>
      leases.during(record, () => run(record, options.due ?? false)),
    ).catch((error: Error) => {
      // The commit failed: the database is away. The lease runs out and whoever is alive then resumes from the last commit.
      log.warn({ paymentId: record.id, err: error.message }, 'a payment was put down and will be picked up again');
    });
    running.add(work);
    return work.finally(() => running.delete(work));
  };

  return {
    drive,
    start(record) {
      void drive(record);
    },
    async drain() {
      while (running.size > 0) await Promise.all(running);
      await committer.drain();
    },
    get running() {
      return running.size;
    },
  };
}
