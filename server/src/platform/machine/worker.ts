import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import { type Pause, startLoop } from '../loop.ts';
import type { Worker } from '../module.ts';
import type { Driver } from './driver.ts';
import type { Inbox } from './inbox.ts';
import type { Run } from './run.ts';
import type { RunStore } from './store.ts';

export type WorkerDeps<R extends Run> = {
  name: string;
  db: Db;
  log: Logger;
  module: string;
  store: RunStore<R>;
  driver: Driver<R>;
  inbox: Inbox | undefined;
  owner: string;
  leaseMs: number;
  /** Runs under way in this process at the most. What people begin at this moment has no part in it: a flood must not stop what waits. */
  most: number;
  /** Between two looks when nothing is due and nothing wakes it. */
  lookMs: number;
  /** Runs one tenant may have under way here at the most. */
  perTenant: number;
  /** Hears of runs made due by other processes; answers how to stop. */
  listen: (wake: () => void) => Promise<() => Promise<void>>;
};

/** A stream of wakes is gathered: whatever comes after a silence is dealt with at once. */
const REST_MS = 20;
/** Between two looks for announcements that crossed the beginning of their run. */
const ADOPT_MS = 30_000;

/**
 * Picks up every run that has something due and that nobody holds: left by a killed process, waiting for its next try, for a date, or made
 * due by news. Any number of processes may. While nothing is due it asks one question a pause, however many wait, and sleeps no longer
 * than to the next date or the end of another's lease. The first look is at the start, so that what was due while all were down is found.
 */
export function createRunWorker<R extends Run>(deps: WorkerDeps<R>): Worker & { wake(): void; readonly isRunning: boolean } {
  const { db, log, module, store, driver, inbox, most, lookMs } = deps;
  const lease = { owner: deps.owner, forMs: deps.leaseMs };
  const system = { module, system: true } as const;
  const busy = new Map<string, number>();
  let underWay = 0;
  /** More is due than there is room for: tenants take turns. */
  let isFlooded = false;
  let hasMore = false;
  /** Somebody said that something is due, so that nobody need ask first. */
  let isTold = false;
  let adoptedAt = Number.NEGATIVE_INFINITY;
  let loop: ReturnType<typeof startLoop> | undefined;
  let unlisten: Promise<() => Promise<void>> | undefined;

  function begin(run: R): void {
    underWay++;
    busy.set(run.tenantId, (busy.get(run.tenantId) ?? 0) + 1);
    void driver.drive(run, { due: true }).finally(() => {
      const left = busy.get(run.tenantId)! - 1;
      if (left === 0) busy.delete(run.tenantId);
      else busy.set(run.tenantId, left);
      // Whoever waited for a place looks again.
      if (underWay-- === most || isFlooded) loop?.wake();
    });
  }

  /** Takes what is due, and learns in the same transaction when something is due next. */
  async function claim(): Promise<{ claimed: R[]; isFull: boolean; untilMs: number | null }> {
    const room = most - underWay;
    // The first half goes by age alone; where that is not enough, tenants take turns.
    const limit = isFlooded ? room : Math.ceil(room / 2);
    return db.tx(system, async (tx) => {
      const taking = isFlooded ? store.claimFairly(tx, lease, limit, { perTenant: deps.perTenant, busy }) : store.claim(tx, lease, limit);
      const [claimed, untilMs] = await Promise.all([taking, store.untilNext(tx)]);
      return { claimed, isFull: claimed.length === limit, untilMs };
    });
  }

  const asleep = (untilMs: number | null): Pause => {
    isFlooded = false;
    return { ms: Math.min(lookMs, untilMs === null ? lookMs : Math.ceil(untilMs)), restMs: REST_MS };
  };

  async function look(): Promise<Pause> {
    if (inbox && performance.now() - adoptedAt >= ADOPT_MS) {
      adoptedAt = performance.now();
      await db.tx(system, (tx) => inbox.adopt(tx));
    }
    if (underWay >= most) return { ms: lookMs, restMs: REST_MS };
    if (!hasMore && !isTold) {
      const untilMs = await db.tx({ ...system, single: true }, (tx) => store.untilNext(tx));
      if (untilMs === null || untilMs > 0) return asleep(untilMs);
    }
    isTold = false;
    const { claimed, isFull, untilMs } = await claim();
    for (const run of claimed) begin(run);
    hasMore = isFull;
    isFlooded ||= isFull;
    if (isFull) return { ms: 0 };
    // Another was faster, or all that is due belongs to tenants who have their share: an end of theirs wakes us.
    return untilMs !== null && untilMs <= 0 ? { ms: Math.min(lookMs, 50), restMs: REST_MS } : asleep(untilMs);
  }

  const wake = (): void => {
    isTold = true;
    loop?.wake();
  };
  return {
    name: deps.name,
    start() {
      driver.open();
      loop ??= startLoop(deps.name, log, look);
      unlisten ??= deps.listen(wake);
      unlisten.catch((error: Error) => log.warn({ err: error.message, machine: deps.name }, 'wakes of other processes are not heard'));
    },
    async stop() {
      const [ending, stopListening] = [loop, unlisten];
      loop = undefined;
      unlisten = undefined;
      await ending?.stop();
      await driver.stop();
      await (await stopListening?.catch(() => undefined))?.();
    },
    wake,
    get isRunning() {
      return loop !== undefined;
    },
  };
}
