import type { Logger } from '../log.ts';
import { ProcessStops, STOP_PATIENCE_MS } from '../under-way.ts';
import type { JobContext } from './job.ts';

/** Worked on at a time: a slow one takes one place, and the others pass. */
const LANES = 4;
/** A run does not wait longer than this for those that are slow. */
const PATIENCE_MS = 30_000;

type Parts = { log: Logger; signal: AbortSignal; patienceMs?: number | undefined };

export type Rounds = {
  each(parts: Parts): JobContext['each'];
  /** Tells whoever is still worked on to end, and waits for it. */
  stop(): Promise<void>;
};

/** How a job works for many of a kind; it remembers between runs which are still being worked on, and which was first. */
export function createRounds(): Rounds {
  const slow = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let first = Math.floor(Math.random() * 1_000);

  function each({ log, signal: ofRun, patienceMs = PATIENCE_MS }: Parts): JobContext['each'] {
    const signal = AbortSignal.any([ofRun, stopping.signal]);
    return async (names, work) => {
      const failed: string[] = [];
      let isOver = false;
      const start = names.length === 0 ? 0 : first++ % names.length;
      const line = [...names.slice(start), ...names.slice(0, start)].filter((name) => !slow.has(name));
      const workFor = async (name: string): Promise<void> => {
        try {
          await work(name, signal);
        } catch (error) {
          failed.push(name);
          if (!signal.aborted) log.warn({ err: (error as Error).message, of: name }, 'a job failed for one; the others go on');
        } finally {
          slow.delete(name);
        }
      };
      const lane = async (): Promise<void> => {
        while (!isOver && !signal.aborted) {
          const name = line.shift();
          if (name === undefined) return;
          const ended = workFor(name);
          slow.set(name, ended);
          await ended;
        }
      };
      isOver = !(await endsWithin(patienceMs, Array.from({ length: Math.min(LANES, line.length) }, lane)));
      if (isOver)
        log.warn({ slow: [...slow.keys()], waiting: line.length }, 'a job takes long for some, and goes on for them beside its runs');
      ofRun.throwIfAborted();
      if (failed.length > 0) throw new Error(`failed for ${failed.length} of ${names.length}: ${failed.slice(0, 3).join(', ')}`);
      return { goOn: line.length > 0 };
    };
  }

  return {
    each,
    async stop() {
      stopping.abort(new ProcessStops());
      await endsWithin(STOP_PATIENCE_MS, [...slow.values()]);
    },
  };
}

/** False when the time was up first. */
async function endsWithin(ms: number, work: readonly Promise<void>[]): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ms);
  try {
    return await Promise.race([Promise.all(work).then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
