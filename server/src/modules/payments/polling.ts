import { backoffMs } from '#platform/backoff.ts';
import type { Logger } from '#platform/log.ts';
import type { Worker } from '#platform/module.ts';

/**
 * A worker that looks for work, does it, and looks again: at once while there is more, else after a pause. The first look is at the
 * start, so that what a killed process left is found without waiting. A failed look is logged and repeated.
 *
 * @param look answers how much it found.
 */
export function createPoller(options: {
  name: string;
  log: Logger;
  intervalMs: number;
  look: () => Promise<number>;
}): Worker & { wake(): void } {
  let stopped = true;
  let wakeUp: (() => void) | undefined;
  let running: Promise<void> | undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async (): Promise<void> => {
    let failures = 0;
    while (!stopped) {
      let found = 0;
      try {
        found = await options.look();
        failures = 0;
      } catch (error) {
        failures += 1;
        options.log.warn({ worker: options.name, err: (error as Error).message }, 'looking for work failed');
      }
      if (found === 0 && !stopped) await pause(failures === 0 ? options.intervalMs : backoffMs(failures, 2 * options.intervalMs, 15_000));
    }
  };

  return {
    name: options.name,
    start() {
      if (!stopped) return;
      stopped = false;
      running = run();
    },
    async stop() {
      stopped = true;
      wakeUp?.();
      await running;
    },
    wake: () => wakeUp?.(),
  };
}
