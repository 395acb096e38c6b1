/** How long something is kept, at most a day, and what makes it void before. */
export type CacheOptions = {
  ttlMs: number;
  /** `invalidate` with one of them voids the entry. */
  tags?: readonly string[];
};

export type RememberOptions = CacheOptions & {
  /** How long "there is none" (`load` answered undefined) is remembered; not at all when absent. */
  missTtlMs?: number;
  /** How long others wait for a load under way before one of them loads as well; 5 s when absent. */
  leaseMs?: number;
};

export type Count = {
  /** What was counted in the present window, this included. */
  count: number;
  /** When the window ends. */
  endsInMs: number;
};

/**
 * Copies of what can be had again. An entry may vanish at any moment, and is never the truth. Values are JSON and come back as copies. Keys and tags tell
 * nothing about a person: at most 400 characters, and beginning with the name of the module.
 */
export type Cache = {
  /** Undefined when there is none, or when the cache is away. */
  get<T>(key: string): Promise<T | undefined>;
  set(key: string, value: unknown, options: CacheOptions): Promise<void>;
  /** Also voids a load of the key that is under way, here or in another process. */
  delete(key: string): Promise<void>;
  /** Voids every entry with the tag, and loads under way. Call it after the commit that made them wrong. */
  invalidate(tag: string): Promise<void>;
  /**
   * The value kept, or what `load` answers: it is asked once at a time, in all processes of a shared cache, however many ask for the key. What it throws
   * reaches those that waited here, and is not kept. When the cache is away, `load` is asked.
   */
  remember<T>(key: string, options: RememberOptions, load: () => Promise<T | undefined>): Promise<T | undefined>;
  /** Counts in a window that begins with the first count after the last one ended. Throws when the cache is away. */
  increment(key: string, windowMs: number, by?: number): Promise<Count>;
  /** Counts of many keys in one go; answers in their order. A key occurs once. */
  incrementAll(counts: readonly { key: string; by: number }[], windowMs: number): Promise<Count[]>;
  /** Of this process, since it began. */
  stats(): CacheStats;
};

export type CacheStats = { hits: number; misses: number; loads: number; faults: number };
