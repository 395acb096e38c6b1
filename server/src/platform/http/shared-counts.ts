import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Cache } from '../cache/cache.ts';
import type { Logger } from '../log.ts';
import { type Loop, startLoop } from '../loop.ts';

/** How often processes tell each other what they counted: what one person sends to many of them is refused so much later. */
const EXCHANGE_MS = 1_000;
/** Keys told in one statement. */
const AT_ONCE = 2_000;

type Counted = { told: number; untold: number; untilMs: number };
type Answer = (error: Error | null, result: { current: number; ttl: number }) => void;

/** What others are told of a key: it names a person or a network, and that is nothing to write down. */
export function sharedKey(name: string, key: string): string {
  return `${name}:${createHash('sha256').update(key).digest('base64url')}`;
}

/**
 * Counts of requests that processes share, without a request ever waiting for it: each counts in its own memory, tells the others once a second what came
 * since, and learns what came in all. While the shared cache is away, each counts for itself.
 */
export function createSharedCounts(cache: Cache, log: Logger, options: { name: string; most: number; exchangeMs?: number }) {
  const { name, most, exchangeMs = EXCHANGE_MS } = options;
  const counts = new LRUCache<string, Counted>({ max: most });
  const untold = new Set<string>();
  let windowMs = 60_000;

  const exchange = async (): Promise<void> => {
    const keys = [...untold].slice(0, AT_ONCE);
    for (const key of keys) untold.delete(key);
    const told = keys.flatMap((key) => {
      const counted = counts.peek(key);
      return counted && counted.untold > 0 ? [{ key, counted, by: counted.untold }] : [];
    });
    if (told.length === 0) return;
    try {
      const all = await cache.incrementAll(
        told.map(({ key, by }) => ({ key: sharedKey(name, key), by })),
        windowMs,
      );
      for (const [nth, { counted, by }] of told.entries()) {
        counted.told = all[nth]!.count;
        counted.untold -= by;
        counted.untilMs = performance.now() + all[nth]!.endsInMs;
      }
    } catch (error) {
      for (const { key } of told) untold.add(key);
      throw error;
    }
  };
  const loop: Loop = startLoop(`shared counts of ${name}`, log, async () => {
    await exchange();
    return { ms: exchangeMs };
  });

  return {
    /** The store `@fastify/rate-limit` counts in. */
    Store: class {
      incr(key: string, answer: Answer, timeWindow: number): void {
        windowMs = timeWindow;
        const now = performance.now();
        let counted = counts.get(key);
        if (!counted || counted.untilMs <= now) {
          counted = { told: 0, untold: 0, untilMs: now + timeWindow };
          counts.set(key, counted);
        }
        counted.untold++;
        untold.add(key);
        answer(null, { current: counted.told + counted.untold, ttl: counted.untilMs - now });
      }
      child(): this {
        return this;
      }
    },
    stop: () => loop.stop(),
  };
}
