import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '../errors.ts';
import { newId } from '../id.ts';
import type { Logger } from '../log.ts';
import type { Cache, CacheOptions, CacheStats, RememberOptions } from './cache.ts';
import { type CacheDriver, type Entry, MOST_TTL_MS } from './driver.ts';

const LONGEST_KEY = 400;
const MOST_TEXT = 1_000_000;
const LEASE_MS = 5_000;
/** How often those look that wait for a load in another process. */
const LOOK_MS = 20;

type Flight = { tags: readonly string[]; result: Promise<unknown> };

/** The cache over a driver. Within a process those that ask for the same join one load; between processes a lease on the key lets one load. */
export function createCache(driver: CacheDriver, log: Logger): Cache {
  const flights = new Map<string, Flight>();
  const stats: CacheStats = { hits: 0, misses: 0, loads: 0, faults: 0 };

  /** A cache that is away is one that has nothing. */
  const orNothing = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      if (stats.faults++ % 1_000 === 0) log.warn({ err: (error as Error).message, faults: stats.faults }, 'the cache is away');
      return undefined;
    }
  };
  const look = async (key: string): Promise<{ value: unknown } | undefined> => {
    check(key);
    const text = await orNothing(() => driver.get(key));
    if (text === undefined) {
      stats.misses++;
      return undefined;
    }
    stats.hits++;
    return { value: text === '' ? undefined : JSON.parse(text) };
  };

  async function load<T>(key: string, options: RememberOptions, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const { leaseMs = LEASE_MS } = options;
    const holder = newId();
    const until = performance.now() + leaseMs;
    for (;;) {
      const taken = await orNothing(async () => ({ epoch: await driver.take(key, holder, leaseMs) }));
      if (!taken) return ask();
      if (taken.epoch !== undefined) return await loadAs(holder, taken.epoch, key, options, ask);
      if (performance.now() > until) return ask();
      await sleep(LOOK_MS * (0.75 + Math.random() / 2));
      const found = await look(key);
      if (found) return found.value as T | undefined;
    }
  }

  async function loadAs<T>(holder: string, epoch: bigint, key: string, options: RememberOptions, ask: () => Promise<T | undefined>) {
    let entry: Entry | undefined;
    try {
      // Another may have filled it between the look and the lease.
      const found = await look(key);
      if (found) return found.value as T | undefined;
      stats.loads++;
      const value = await ask();
      const ttlMs = value === undefined ? options.missTtlMs : options.ttlMs;
      if (ttlMs !== undefined && ttlMs > 0) entry = entryOf(value, { ...options, ttlMs });
      return value;
    } finally {
      await orNothing(() => driver.fill(key, holder, entry && { entry, epoch }));
    }
  }

  return {
    get: async <T>(key: string) => (await look(key))?.value as T | undefined,
    async set(key, value, options) {
      const entry = entryOf(value, options);
      check(key);
      await orNothing(() => driver.set(key, entry));
    },
    async delete(key) {
      flights.delete(key);
      await driver.delete(check(key));
    },
    async invalidate(tag) {
      for (const [key, { tags }] of flights) if (tags.includes(tag)) flights.delete(key);
      await driver.invalidate(check(tag));
    },
    async remember<T>(key: string, options: RememberOptions, ask: () => Promise<T | undefined>): Promise<T | undefined> {
      const joined = flights.get(key);
      if (joined) return (await joined.result) as T | undefined;
      const found = look(key).then((hit) => (hit ? (hit.value as T | undefined) : load(key, options, ask)));
      const flight = { tags: options.tags ?? [], result: found };
      flights.set(key, flight);
      try {
        return await found;
      } finally {
        if (flights.get(key) === flight) flights.delete(key);
      }
    },
    increment: async (key, windowMs, by = 1) => (await driver.increment([{ key: check(key), by }], windowMs))[0]!,
    incrementAll: (counts, windowMs) => driver.increment(counts, windowMs),
    stats: () => ({ ...stats }),
  };
}

function check(key: string): string {
  assert(key.length > 0 && key.length <= LONGEST_KEY, `a key of the cache has 1 to ${LONGEST_KEY} characters, not ${key.length}`);
  return key;
}

function entryOf(value: unknown, { ttlMs, tags = [] }: CacheOptions): Entry {
  assert(ttlMs > 0 && ttlMs <= MOST_TTL_MS, `an entry of the cache is kept for at most a day, not ${ttlMs} ms`);
  for (const tag of tags) check(tag);
  const text = value === undefined ? '' : JSON.stringify(value);
  assert(text.length <= MOST_TEXT, `an entry of the cache has at most ${MOST_TEXT} characters, not ${text.length}`);
  return { text, ttlMs, tags };
}
