import type { Logger } from '../log.ts';
import { ProcessStops, STOP_PATIENCE_MS } from '../under-way.ts';
import type { JobContext } from './job.ts';

/** Tenants worked on at a time: a slow one takes one place, and the others pass. */
const LANES = 4;
/** A run does not wait longer than this for those that are slow. */
const PATIENCE_MS = 30_000;

type Parts = { log: Logger; signal: AbortSignal; patienceMs?: number | undefined };

export type TenantRounds = {
  eachTenant(parts: Parts): JobContext['eachTenant'];
  /** Tells whoever is still worked on to end, and waits for it. */
  stop(): Promise<void>;
};

/** How a job works for tenants; it remembers between runs who is still being worked on, and who was first. */
export function createTenantRounds(): TenantRounds {
  const slow = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let first = Math.floor(Math.random() * 1_000);

  function eachTenant({ log, signal: ofRun, patienceMs = PATIENCE_MS }: Parts): JobContext['eachTenant'] {
    const signal = AbortSignal.any([ofRun, stopping.signal]);
    return async (tenants, work) => {
      const failed: string[] = [];
      let isOver = false;
      const start = tenants.length === 0 ? 0 : first++ % tenants.length;
      const line = [...tenants.slice(start), ...tenants.slice(0, start)].filter((tenantId) => !slow.has(tenantId));
      const workFor = async (tenantId: string): Promise<void> => {
        try {
          await work(tenantId, signal);
        } catch (error) {
          failed.push(tenantId);
          if (!signal.aborted) log.warn({ err: (error as Error).message, tenantId }, 'a job failed for a tenant; the others go on');
        } finally {
          slow.delete(tenantId);
        }
      };
      const lane = async (): Promise<void> => {
        while (!isOver && !signal.aborted) {
          const tenantId = line.shift();
          if (tenantId === undefined) return;
          const ended = workFor(tenantId);
          slow.set(tenantId, ended);
          await ended;
        }
      };
      isOver = !(await endsWithin(patienceMs, Array.from({ length: Math.min(LANES, line.length) }, lane)));
      if (isOver)
        log.warn(
          { tenants: [...slow.keys()], waiting: line.length },
          'a job takes long for some tenants, and goes on for them beside its runs',
        );
      ofRun.throwIfAborted();
      if (failed.length > 0) throw new Error(`failed for ${failed.length} of ${tenants.length} tenants`);
      return { goOn: line.length > 0 };
    };
  }

  return {
    eachTenant,
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
