import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import type { Run } from './run.ts';
import type { RunStore } from './store.ts';

export type LeaseKeeper = {
  /** Keeps a run to this process for as long as the work takes, however long it waits for its turn at somebody else's. */
  during<T>(run: Run, work: () => Promise<T>): Promise<T>;
  /** Gives runs back, all that are under way unless told: another may go on at once. */
  letGo(ids?: readonly string[]): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Renews the leases of what is being driven, all in one statement. Leases are economy, not safety: one that ends during an action means
 * that another process acts, too, and every action is harmless to repeat.
 */
export function createLeaseKeeper<R extends Run>(deps: {
  db: Db;
  log: Logger;
  module: string;
  store: RunStore<R>;
  owner: string;
  leaseMs: number;
}): LeaseKeeper {
  const { db, log, module, store, owner, leaseMs } = deps;
  const underWay = new Map<string, number>();
  const everyMs = Math.max(20, Math.floor(leaseMs / 3));
  let timer: NodeJS.Timeout | undefined;
  let renewing: Promise<void> = Promise.resolve();

  async function renew(): Promise<void> {
    // What has just begun has its lease from the claim.
    const begunBefore = performance.now() - everyMs;
    const ids = [...underWay].flatMap(([id, begunMs]) => (begunMs <= begunBefore ? [id] : []));
    if (ids.length === 0) return;
    await db
      .tx({ module, system: true }, (tx) => store.renew(tx, { owner, forMs: leaseMs }, ids))
      .catch((error: Error) => log.warn({ err: error.message }, 'leases could not be renewed'));
  }

  return {
    async during(run, work) {
      timer ??= setInterval(() => {
        renewing = renewing.then(renew);
      }, everyMs).unref();
      underWay.set(run.id, performance.now());
      try {
        return await work();
      } finally {
        underWay.delete(run.id);
      }
    },
    async letGo(ids = [...underWay.keys()]) {
      if (ids.length > 0) await db.tx({ module, system: true }, (tx) => store.letGo(tx, owner, ids)).catch(() => undefined);
    },
    async stop() {
      clearInterval(timer);
      timer = undefined;
      await renewing;
    },
  };
}
