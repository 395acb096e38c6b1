import { LRUCache } from 'lru-cache';
import type { Count } from './cache.ts';
import type { CacheDriver, Entry } from './driver.ts';

/** What an entry takes beside its texts, in bytes; `memory.test.ts` compares with the heap. */
const ENTRY_BYTES = 400;
const MOST_BYTES = 32 * 1024 * 1024;
const MOST_TAGS = 10_000;
const MOST_COUNTS = 100_000;

type Kept = { text: string; tags: readonly string[]; epoch: number; untilMs: number };

/** Copies in the memory of this process alone: the default. Bounded by bytes; what was not asked for longest goes first. */
export function memoryDriver({ mostBytes = MOST_BYTES, now = () => performance.now() } = {}): CacheDriver & { bytes(): number } {
  const entries = new LRUCache<string, Kept>({
    maxSize: mostBytes,
    sizeCalculation: ({ text, tags }, key) =>
      ENTRY_BYTES + 2 * (key.length + text.length) + tags.reduce((sum, tag) => sum + 16 + 2 * tag.length, 0),
  });
  const counts = new LRUCache<string, { count: number; untilMs: number }>({ max: MOST_COUNTS });
  const loads = new Map<string, { holder: string; untilMs: number }>();
  const invalidated = new Map<string, number>();
  let epoch = 0;
  /** What was made before it is void if it has tags: which of them were invalidated is not known any more. */
  let floor = 0;

  const isVoid = ({ tags, epoch: madeIn, untilMs }: Kept): boolean =>
    untilMs <= now() || tags.some((tag) => (invalidated.get(tag) ?? floor) > madeIn);
  const keep = (key: string, { text, ttlMs, tags }: Entry, madeIn: number): void => {
    entries.set(key, { text, tags, epoch: madeIn, untilMs: now() + ttlMs });
  };
  const count = (key: string, by: number, windowMs: number): Count => {
    const known = counts.get(key);
    const isOpen = known !== undefined && known.untilMs > now();
    const next = isOpen ? { count: known.count + by, untilMs: known.untilMs } : { count: by, untilMs: now() + windowMs };
    counts.set(key, next);
    return { count: next.count, endsInMs: next.untilMs - now() };
  };

  return {
    bytes: () => entries.calculatedSize,
    async get(key) {
      const kept = entries.get(key);
      if (!kept) return undefined;
      if (!isVoid(kept)) return kept.text;
      entries.delete(key);
      return undefined;
    },
    async set(key, entry) {
      keep(key, entry, epoch);
    },
    async delete(key) {
      loads.delete(key);
      entries.delete(key);
    },
    async invalidate(tag) {
      epoch++;
      if (invalidated.size >= MOST_TAGS) {
        invalidated.clear();
        floor = epoch;
      }
      invalidated.set(tag, epoch);
    },
    async take(key, holder, leaseMs) {
      const load = loads.get(key);
      if (load && load.untilMs > now()) return undefined;
      loads.set(key, { holder, untilMs: now() + leaseMs });
      return BigInt(epoch);
    },
    async fill(key, holder, found) {
      if (loads.get(key)?.holder !== holder) return;
      loads.delete(key);
      if (found) keep(key, found.entry, Number(found.epoch));
    },
    increment: async (all, windowMs) => all.map(({ key, by }) => count(key, by, windowMs)),
    async sweep() {
      let removed = 0;
      for (const [key, kept] of entries.entries()) if (isVoid(kept) && entries.delete(key)) removed++;
      for (const [key, { untilMs }] of counts.entries()) if (untilMs <= now() && counts.delete(key)) removed++;
      for (const [key, { untilMs }] of loads) if (untilMs <= now() && loads.delete(key)) removed++;
      return removed;
    },
  };
}
