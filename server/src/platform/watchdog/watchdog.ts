import { Worker } from 'node:worker_threads';

/** A thread beside the main one that says where that one hangs. */
export type Watchdog = { stop(): Promise<void> };

const BEAT_MS = 500;

/**
 * Watches this process's event loop from a thread of its own. When the loop has not turned for `hungAfterMs` it writes one line of JSON to
 * standard output with the stack of the main thread, so that whoever kills the process (the supervisor, a probe) kills no evidence.
 * It ends nothing itself.
 */
export function startWatchdog(options: { hungAfterMs?: number } = {}): Watchdog {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL('./watch-main-thread.ts', import.meta.url), {
    name: 'watchdog',
    // Whatever the program was started with is not meant for this.
    execArgv: [],
    workerData: { beats, hungAfterMs: options.hungAfterMs ?? 5_000 },
    // A few numbers and one stack.
    resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 4 },
  });
  worker.unref();
  worker.on('error', () => undefined);
  const timer = setInterval(() => Atomics.add(beats, 0, 1), BEAT_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await worker.terminate();
    },
  };
}
