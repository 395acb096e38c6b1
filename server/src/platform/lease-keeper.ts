import type { Logger } from './log.ts';
import { type Loop, startLoop } from './loop.ts';

/** While nothing is held. */
const IDLE_MS = 60_000;
/** After a renewal that failed, as long as the database is away. */
const AGAIN_MS = 1_000;

export type LeaseKeeping<T> = {
  name: string;
  log: Logger;
  leaseMs: number;
  /** What this process has leased at this moment. */
  held: () => readonly T[];
  /** Renews, by the database's clock; answers those that still were this process's. */
  renew: (held: readonly T[]) => Promise<ReadonlySet<T>>;
  /** One that is in other hands, and was held at the renewal. */
  lose: (item: T) => void;
};

/** Renews leases each third of their time while anything is held, and costs nothing while nothing is. Wake it when something begins to be. */
export function startLeaseKeeper<T>({ name, log, leaseMs, held, renew, lose }: LeaseKeeping<T>): Loop {
  let isKeeping = false;
  return startLoop(name, log, async () => {
    const items = held();
    const wasKeeping = isKeeping;
    isKeeping = items.length > 0;
    if (!isKeeping) return { ms: IDLE_MS };
    if (!wasKeeping) return { ms: leaseMs / 3, deaf: true };
    try {
      const kept = await renew(items);
      for (const item of items) if (!kept.has(item)) lose(item);
    } catch (error) {
      log.warn({ err: (error as Error).message, loop: name, leases: items.length }, 'leases could not be renewed, trying again');
      return { ms: Math.min(AGAIN_MS, leaseMs / 10), deaf: true };
    }
    return { ms: leaseMs / 3, deaf: true };
  });
}
