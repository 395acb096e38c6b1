import { AsyncLocalStorage } from 'node:async_hooks';

/** Collects calls made while the previous batch is being written and writes them together: adaptive group commit, no timer. */
export type Batcher<I, O> = {
  /** Resolves with this item's own outcome; rejects when its batch could not be written at all. */
  submit(item: I): Promise<O>;
  /** Waits until everything submitted so far is written. */
  drain(): Promise<void>;
  /** Items waiting, not yet in a batch. */
  readonly backlog: number;
};

export type BatcherOptions<I> = {
  /** Weight of a batch at the most; an item heavier than that goes alone. */
  maxBatch: number;
  /** Weight that may wait: from there on `submit` rejects with what `overloaded` makes, so that memory stays flat. */
  maxBacklog: number;
  overloaded: () => Error;
  /** What an item counts in a batch, and while it waits; 1 unless told, and never less. */
  weigh?: (item: I) => number;
  /**
   * Two batches at a time: once the writer of one says so, the next begins if at least this weight waits, and half of what the one
   * under way weighs. Smaller ones are not worth a commit of their own. Without it, one at a time.
   */
  overlapFrom?: number;
  /**
   * Which failures of a batch are the fault of something in it: then it is written in halves, and halves of those, until whatever is
   * wrong stands alone and only its own caller hears of it. Without it everybody in the batch gets the failure.
   */
  isolate?: (error: unknown) => boolean;
};

/**
 * Writes up to `maxBatch` of items and answers one outcome an item, in order. One item's refusal is an outcome, not an exception.
 * `next` says that the batch after may begin; whoever calls it keeps the order between the two.
 */
export type BatchWriter<I, O> = (items: I[], next: () => void) => Promise<O[]>;

type Waiting<I, O> = { item: I; weight: number; resolve: (outcome: O) => void; reject: (error: unknown) => void };

export function createBatcher<I, O>(write: BatchWriter<I, O>, options: BatcherOptions<I>): Batcher<I, O> {
  const { maxBatch, overlapFrom = Number.POSITIVE_INFINITY, weigh = () => 1 } = options;
  let queue: Waiting<I, O>[] = [];
  let queued = 0;
  let underWay = 0;
  /** Weight of the newest batch, and whether it lets the next one begin. */
  let newest = { weight: 0, isOpen: false };
  let isScheduled = false;
  let idle: PromiseWithResolvers<void> | undefined;

  // Gives callers of this turn of the event loop the chance to join.
  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      begin();
    });
  };

  const mayBegin = (): boolean => {
    if (queue.length === 0) return false;
    if (underWay === 0) return true;
    return underWay === 1 && newest.isOpen && queued >= Math.max(overlapFrom, newest.weight / 2);
  };

  const begin = (): void => {
    if (!mayBegin()) return;
    // Nothing is under way, and there is enough for two: each is prepared while the other is written.
    const limit = underWay === 0 && queued >= 2 * overlapFrom ? Math.min(maxBatch, Math.ceil(queued / 2)) : maxBatch;
    let weight = 0;
    let count = 0;
    while (count < queue.length && (count === 0 || weight + queue[count]!.weight <= limit)) weight += queue[count++]!.weight;
    const batch = count === queue.length ? queue : queue.slice(0, count);
    queue = count === queue.length ? [] : queue.slice(count);
    queued -= weight;
    void run(batch, weight);
  };

  /** Writes a batch; one that something in it spoils, in halves, one after the other and in order. */
  const writeApart = async (batch: Waiting<I, O>[], next: () => void): Promise<void> => {
    try {
      const outcomes = await write(
        batch.map((waiting) => waiting.item),
        next,
      );
      if (outcomes.length !== batch.length) throw new Error('a batch writer must answer one outcome an item');
      for (const [index, waiting] of batch.entries()) waiting.resolve(outcomes[index]!);
    } catch (error) {
      if (batch.length > 1 && options.isolate?.(error)) {
        const half = Math.ceil(batch.length / 2);
        await writeApart(batch.slice(0, half), next);
        await writeApart(batch.slice(half), next);
        return;
      }
      for (const waiting of batch) waiting.reject(error);
    }
  };

  const run = async (batch: Waiting<I, O>[], weight: number): Promise<void> => {
    const own = { weight, isOpen: false };
    newest = own;
    underWay++;
    // Called from within the transaction of this batch, of which the next one is no part.
    const outside = AsyncLocalStorage.snapshot();
    const next = (): void => {
      own.isOpen = true;
      if (queued >= overlapFrom) outside(schedule);
    };
    await writeApart(batch, next);
    underWay--;
    if (queue.length > 0) schedule();
    else if (underWay === 0) {
      idle?.resolve();
      idle = undefined;
    }
  };

  return {
    submit(item) {
      if (queued >= options.maxBacklog) return Promise.reject(options.overloaded());
      return new Promise<O>((resolve, reject) => {
        const weight = Math.max(1, weigh(item));
        queue.push({ item, weight, resolve, reject });
        queued += weight;
        if (underWay === 0 || (newest.isOpen && queued >= overlapFrom)) schedule();
      });
    },
    async drain() {
      while (underWay > 0 || queue.length > 0) {
        idle ??= Promise.withResolvers();
        await idle.promise;
      }
    },
    get backlog() {
      return queue.length;
    },
  };
}
