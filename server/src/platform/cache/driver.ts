import type { Count } from './cache.ts';

/** The text of an entry; empty for "it is known that there is none". */
export type Entry = { text: string; ttlMs: number; tags: readonly string[] };

/**
 * Where copies lie. An epoch is a number that grows with every invalidation; an entry is void when one of its tags was invalidated after the epoch it
 * was made in. All drivers pass `contract-test.ts`.
 */
export type CacheDriver = {
  get(key: string): Promise<string | undefined>;
  set(key: string, entry: Entry): Promise<void>;
  /** Also takes the lease of a load away. */
  delete(key: string): Promise<void>;
  invalidate(tag: string): Promise<void>;
  /** Lets `holder` load a key, unless another does and its lease has not run out. Answers the epoch at this moment, or undefined. */
  take(key: string, holder: string, leaseMs: number): Promise<bigint | undefined>;
  /** Ends a load; keeps what it found, made in `epoch`, if the lease is still the holder's. */
  fill(key: string, holder: string, found: { entry: Entry; epoch: bigint } | undefined): Promise<void>;
  increment(counts: readonly { key: string; by: number }[], windowMs: number): Promise<Count[]>;
  /** Takes away what has ended. Answers how many. */
  sweep(): Promise<number>;
};

/** Nothing is kept for longer: what was invalidated longer ago need not be known any more. */
export const MOST_TTL_MS = 86_400_000;
