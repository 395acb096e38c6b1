import { createBatcher } from '#platform/batcher.ts';
import type { Db } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { readReached } from '../store.ts';

const WAIT_MS = 2_000;
const FIRST_LOOK_MS = 15;
const LOOKS_MS = 120;
const MAX_WAITING = 5_000;

/** Waits until a place of the ledger is in the figures, for two seconds at the most. Those who wait at the same time look together. */
export function createWaiting(db: Db): (tenantId: string, seq: number) => Promise<boolean> {
  const looks = createBatcher<string, bigint>(
    async (asked) => {
      const tenants = [...new Set(asked)];
      const reached = await db.tx({ module: 'cashflow', tenants, single: true }, (tx) => readReached(tx, tenants));
      return asked.map((tenantId) => reached.get(tenantId) ?? -1n);
    },
    { maxBatch: 1_000, maxBacklog: MAX_WAITING, overloaded: () => refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 1 }) },
  );
  return async (tenantId, seq) => {
    const until = performance.now() + WAIT_MS;
    for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(2 * pauseMs, LOOKS_MS)) {
      if ((await looks.submit(tenantId)) >= BigInt(seq)) return true;
      const leftMs = until - performance.now();
      if (leftMs <= 0) return false;
      await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, leftMs)));
    }
  };
}
