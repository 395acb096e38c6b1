import type { PlatformDeps, Worker } from '#platform/module.ts';
import { deleteExpired } from './store/expired.ts';

const EVERY_MS = 60_000;

/** Removes protocol state, revocations, counters and idempotency answers that have expired. Any number of processes may run it. */
export function createJanitor({ db, clock, log }: Pick<PlatformDeps, 'db' | 'clock' | 'log'>): Worker {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  const sweep = async (): Promise<void> => {
    try {
      await db.tx({ module: 'identity', system: true }, (tx) => deleteExpired(tx, new Date(clock.now())));
    } catch (error) {
      log.warn({ err: (error as Error).message }, 'the janitor of identity will try again');
    }
  };
  return {
    name: 'identity.janitor',
    start() {
      timer = setInterval(() => {
        running = running.then(sweep);
      }, EVERY_MS);
      timer.unref();
    },
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
