import type { Db } from '../db/db.ts';
import { startLeaseKeeper } from '../lease-keeper.ts';
import type { Logger } from '../log.ts';
import type { Loop } from '../loop.ts';
import type { UnderWay } from '../under-way.ts';
import type { Run } from './run.ts';
import type { RunStore } from './store.ts';

/** A run being driven by this process, by the key it has among those under way. */
export type Drive<R extends Run> = { key: string; run: R; beganAt: number };

export type RunLeases = {
  /** Something has begun: its lease is renewed for as long as it is under way, however long it waits for its turn at somebody else's. */
  keep(): void;
  /** Gives runs back: another may go on at once. */
  letGo(ids: readonly string[]): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Renews the leases of what is being driven, all in one statement. Leases are economy, not safety: one that ends during an action means
 * that another process acts, too, and every action is harmless to repeat. So whoever lost one ends with the step it is at.
 */
export function createRunLeases<R extends Run>(deps: {
  name: string;
  db: Db;
  log: Logger;
  module: string;
  store: RunStore<R>;
  owner: string;
  leaseMs: number;
  underWay: UnderWay<Drive<R>>;
}): RunLeases {
  const { name, db, log, module, store, owner, leaseMs, underWay } = deps;
  const system = { module, system: true } as const;
  let loop: Loop | undefined;

  async function renew(held: readonly Drive<R>[]): Promise<Set<Drive<R>>> {
    // What has just begun has its lease from the claim.
    const begunBefore = performance.now() - leaseMs / 3;
    const old = held.filter(({ beganAt }) => beganAt <= begunBefore);
    if (old.length === 0) return new Set(held);
    const ids = old.map(({ run }) => run.id);
    const kept = await db.tx(system, (tx) => store.renew(tx, { owner, forMs: leaseMs }, ids));
    return new Set(held.filter(({ run, beganAt }) => beganAt > begunBefore || kept.has(run.id)));
  }

  function lose(drive: Drive<R>): void {
    if (underWay.get(drive.key) === drive) underWay.abort(drive.key, new Error('the lease was lost'));
  }

  return {
    keep() {
      loop ??= startLeaseKeeper<Drive<R>>({ name: `${name} leases`, log, leaseMs, held: () => underWay.values(), renew, lose });
      loop.wake();
    },
    async letGo(ids) {
      if (ids.length > 0) await db.tx(system, (tx) => store.letGo(tx, owner, ids)).catch(() => undefined);
    },
    async stop() {
      const last = loop;
      loop = undefined;
      await last?.stop();
    },
  };
}
