import type { Logger } from '#platform/log.ts';
import type { Worker } from '#platform/module.ts';

/** A worker that does something, pauses, and does it again until stopped. `step` answers the pause in milliseconds; a failed step is logged. */
export function repeatedly(name: string, log: Logger, retryMs: number, step: () => Promise<number>): Worker {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> = Promise.resolve();
  const run = async (): Promise<void> => {
    let pauseMs = retryMs;
    try {
      pauseMs = await step();
    } catch (error) {
      log.warn({ err: (error as Error).message, worker: name }, 'a round of work failed, trying again');
    }
    if (!stopped) timer = setTimeout(next, pauseMs);
  };
  const next = (): void => {
    round = run();
  };
  return {
    name,
    start: next,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
    },
  };
}
