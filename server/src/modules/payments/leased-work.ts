import type { Logger } from '#platform/log.ts';
import { type Loop, startLoop } from '#platform/loop.ts';
import type { Worker } from '#platform/module.ts';

export type LeasedWork<T> = {
  name: string;
  log: Logger;
  /** Between two looks when nothing wakes it. */
  intervalMs: number;
  leaseMs: number;
  /** Items under way in this process at the most. */
  most: number;
  keyOf: (item: T) => string;
  /** Leases up to so many items that are due. */
  claim: (room: number) => Promise<T[]>;
  /** Keeps the leases of those under way. */
  renew: (items: readonly T[]) => Promise<void>;
  /** Never rejects. */
  work: (item: T) => Promise<void>;
};

/**
 * A worker that leases what is due and works on each item by itself: a slow one holds up no other, and its lease is renewed as long as it
 * takes. The first look is at the start, so that what a killed process left is found without waiting; a wake during a look is another look.
 */
export function createLeasedWorker<T>(options: LeasedWork<T>): Worker & { wake(): void } {
  const { name, log, intervalMs, leaseMs, most, keyOf, claim, renew, work } = options;
  const underWay = new Map<string, { item: T; ended: Promise<void> }>();
  let loop: Loop | undefined;
  let renewedAt = performance.now();

  function begin(item: T): void {
    const key = keyOf(item);
    // Its lease ran out under way, and nobody else took it: it is being worked on already.
    if (underWay.has(key)) return;
    const ended = work(item).finally(() => {
      const wasFull = underWay.size >= most;
      underWay.delete(key);
      if (wasFull) loop?.wake();
    });
    underWay.set(key, { item, ended });
  }

  async function look(): Promise<{ ms: number }> {
    if (underWay.size > 0 && performance.now() - renewedAt >= leaseMs / 3) {
      renewedAt = performance.now();
      await renew([...underWay.values()].map(({ item }) => item));
    }
    const room = most - underWay.size;
    if (room <= 0) return { ms: Math.min(intervalMs, leaseMs / 3) };
    const claimed = await claim(room);
    for (const item of claimed) begin(item);
    return { ms: claimed.length === room ? 0 : Math.min(intervalMs, leaseMs / 3) };
  }

  return {
    name,
    start() {
      loop ??= startLoop(name, log, look);
    },
    async stop() {
      const ending = loop;
      loop = undefined;
      await ending?.stop();
      await Promise.all([...underWay.values()].map(({ ended }) => ended));
    },
    wake: () => loop?.wake(),
  };
}
