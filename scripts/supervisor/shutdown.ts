/** One Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const ONE_KEYSTROKE_MS = 500;

/** The order of ending: what stands on others ends before them, whichever started first. */
const ORDER = ['servidor', 'ledger', 'sandbox', 'Postgres'] as const;
export type Stage = (typeof ORDER)[number];

/** Ends what was started, in order, once; whatever calls for it, and however often. */
export interface Shutdown {
  /** Raised as soon as the end is wanted: waits are given up, nothing new is started. */
  wanted: AbortSignal;
  /** Raised by a second request: no more patience. */
  hurry: AbortSignal;
  /** Registers what to end. */
  add(stage: Stage, stop: (hurry: AbortSignal) => Promise<void>): void;
  /** Asks for the end; a second call hurries. The exit code of the first call counts. */
  request(exitCode: number): void;
  /** Resolves when the end was asked for. */
  requested: Promise<void>;
  /** Ends everything and returns the exit code. To be called when nothing is being started any more. */
  unwind(): Promise<number>;
}

export function createShutdown(tell: (line: string) => void): Shutdown {
  const wanted = new AbortController();
  const hurry = new AbortController();
  const requested = Promise.withResolvers<void>();
  const steps = new Map<Stage, (hurry: AbortSignal) => Promise<void>>();
  let code = 0;
  let askedAt = 0;
  return {
    wanted: wanted.signal,
    hurry: hurry.signal,
    requested: requested.promise,
    add(stage, stop) {
      steps.set(stage, stop);
    },
    request(exitCode) {
      if (wanted.signal.aborted) {
        if (performance.now() - askedAt > ONE_KEYSTROKE_MS) hurry.abort();
        return;
      }
      askedAt = performance.now();
      code = exitCode;
      wanted.abort();
      requested.resolve();
    },
    async unwind() {
      for (const stage of ORDER) {
        try {
          await steps.get(stage)?.(hurry.signal);
        } catch (error) {
          tell(`${stage}: ${error instanceof Error ? error.message : String(error)}`);
          code ||= 1;
        }
      }
      return code;
    },
  };
}
