import { createPoller } from '#platform/loop.ts';
import type { Worker } from '#platform/module.ts';
import type { PaymentsDeps } from '../deps.ts';
import { claimDue } from '../store/payments.ts';
import type { Driver } from './driver.ts';

/** Payments taken up at once by a process. What people ask for at this moment has no part in it: a flood must not stop what waits. */
const MAX_DRIVES = 128;
const DEFAULT_INTERVAL_MS = 200;

/**
 * Picks up every payment that has something due and that nobody holds: left by a killed process, waiting for its next try, waiting for the
 * provider's word (the janitor that asks again), or in a review whose time is up. Any number of processes may.
 */
export function createRecovery(deps: PaymentsDeps, driver: Driver, owner: string): Worker & { wake(): void } {
  const { db, config, log } = deps;
  let running = 0;
  const poller = createPoller({
    name: 'payments.recovery',
    log,
    intervalMs: config.recoveryIntervalMs ?? DEFAULT_INTERVAL_MS,
    async look() {
      const room = MAX_DRIVES - running;
      if (room <= 0) return 0;
      const claimed = await db.tx({ module: 'payments', system: true }, (tx) => claimDue(tx, { owner, forMs: config.leaseMs }, room));
      for (const record of claimed) {
        running++;
        void driver.drive(record, { due: true }).finally(() => {
          // A full house looks again as soon as there is room.
          if (running-- === MAX_DRIVES) poller.wake();
        });
      }
      return claimed.length;
    },
  });
  return poller;
}
