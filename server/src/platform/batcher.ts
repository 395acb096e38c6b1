/** Collects calls made while the previous batch is being written and writes them together: adaptive group commit, no timer. */
export type Batcher<I, O> = {
  /** Resolves with this item's own outcome; rejects when its batch could not be written at all. */
  submit(item: I): Promise<O>;
  /** Waits until everything submitted so far is written. */
  drain(): Promise<void>;
  /** Items waiting, not yet in a batch. */
  readonly backlog: number;
};

export type BatcherOptions = {
  maxBatch: number;
  /** Above this many waiting items `submit` rejects with what `overloaded` makes: memory stays flat. */
  maxBacklog: number;
  overloaded: () => Error;
};

type Waiting<I, O> = { item: I; resolve: (outcome: O) => void; reject: (error: unknown) => void };

/**
 * @param write gets up to `maxBatch` items and answers one outcome an item, in order. One item's refusal is an outcome, not an exception.
 */
export function createBatcher<I, O>(write: (items: I[]) => Promise<O[]>, options: BatcherOptions): Batcher<I, O> {
  let queue: Waiting<I, O>[] = [];
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    // Give callers of this turn of the event loop the chance to join the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const batch = queue.length <= options.maxBatch ? queue : queue.slice(0, options.maxBatch);
      queue = queue.length <= options.maxBatch ? [] : queue.slice(options.maxBatch);
      try {
        const outcomes = await write(batch.map((waiting) => waiting.item));
        if (outcomes.length !== batch.length) throw new Error('a batch writer must answer one outcome an item');
        for (const [index, waiting] of batch.entries()) waiting.resolve(outcomes[index]!);
      } catch (error) {
        for (const waiting of batch) waiting.reject(error);
      }
    }
    running = undefined;
  };

  return {
    submit(item) {
      if (queue.length >= options.maxBacklog) return Promise.reject(options.overloaded());
      return new Promise<O>((resolve, reject) => {
        queue.push({ item, resolve, reject });
        running ??= run();
      });
    },
    async drain() {
      while (running) await running;
    },
    get backlog() {
      return queue.length;
    },
  };
}
