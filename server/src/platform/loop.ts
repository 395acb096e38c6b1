import { AsyncLocalStorage } from 'node:async_hooks';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { backoffMs } from './backoff.ts';
import type { Logger } from './log.ts';
import type { Worker } from './module.ts';

export type Loop = {
  /** Cuts the present pause short; a wake during a step is remembered. */
  wake(): void;
  /** Begins no further step and waits for the one under way. */
  stop(): Promise<void>;
};

/**
 * How long to pause after a step (0: go on at once), and whether a wake may cut the pause short. `restMs`: not before so long after the
 * step began. Whatever comes after a silence is dealt with at once; a stream of wakes is gathered instead of paying for a step each.
 */
export type Pause = { ms: number; deaf?: boolean; restMs?: number };

/** Tells a step that it should end early, and lets it sleep without outliving the loop. */
export type Stopping = { readonly stopped: boolean; sleep(ms: number): Promise<void> };

/** The context of nobody's work: made when this file is loaded. */
const outside = AsyncLocalStorage.snapshot();

/**
 * Repeats `step` until stopped. A step that throws is logged and tried again after a growing pause that no wake shortens:
 * when the database is away, a flood of wakes must not become a flood of connections.
 */
export function startLoop(name: string, log: Logger, step: (stopping: Stopping) => Promise<Pause>): Loop {
  let stopped = false;
  let woken = false;
  let interrupt: (() => void) | undefined;
  let interruptible = false;

  const sleep = (ms: number, wakeable: boolean): Promise<void> =>
    new Promise((resolve) => {
      if (stopped || (wakeable && woken)) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        interrupt = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      interrupt = done;
      interruptible = wakeable;
    });
  const stopping: Stopping = {
    get stopped() {
      return stopped;
    },
    sleep: (ms) => sleep(ms, false),
  };

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopped) {
      woken = false;
      const startedAt = performance.now();
      try {
        const pause = await step(stopping);
        failures = 0;
        if (pause.ms > 0) await sleep(pause.ms, !pause.deaf);
        const restMs = (pause.restMs ?? 0) - (performance.now() - startedAt);
        if (restMs > 0) await sleep(restMs, false);
      } catch (error) {
        failures++;
        const ms = backoffMs(failures);
        log.warn({ err: (error as Error).message, loop: name, failures, retryInMs: Math.round(ms) }, 'a step failed and is tried again');
        await sleep(ms, false);
      }
    }
  };
  // Whatever span or transaction happens to be open where the loop is started is not the parent of all it ever does.
  const ended = context.with(ROOT_CONTEXT, () => outside(run));

  return {
    wake() {
      woken = true;
      if (interruptible) interrupt?.();
    },
    async stop() {
      stopped = true;
      interrupt?.();
      await ended;
    },
  };
}

/** A loop as a module's worker: begun by `start`, as often as it was stopped. The first step is at the start; a wake before it is nothing to remember. */
export function createWorker(name: string, log: Logger, step: (stopping: Stopping) => Promise<Pause>): Worker & { wake(): void } {
  let loop: Loop | undefined;
  return {
    name,
    start() {
      loop ??= startLoop(name, log, step);
    },
    async stop() {
      const last = loop;
      loop = undefined;
      await last?.stop();
    },
    wake: () => loop?.wake(),
  };
}
