import { isIPv6 } from 'node:net';
import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import type { Cache } from '../cache/cache.ts';
import { refusePlatform } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { App } from './app.ts';
import { createSharedCounts } from './shared-counts.ts';

/** RATE_PER_MINUTE when nobody says otherwise. */
const USUAL = 1_200;
const WINDOW_MS = 60_000;
/** Networks, and persons, counted at once; the one not seen for longest is forgotten first. */
const MOST_KNOWN = 50_000;

declare module 'fastify' {
  interface FastifyInstance {
    /** Counts a request for the person (or client) that was proved to send it. @throws PLATFORM_TOO_MANY_REQUESTS */
    countFor(request: FastifyRequest, who: string): Promise<void>;
  }
}

/**
 * Requests a minute: per network of the caller before anything else is done, and per proved person once one is proved; of a route with a
 * limit of its own alone, of all others together. 0 switches both off. With a cache that processes share, they count together.
 */
export async function limitRates(app: App, perMinute: number, shared?: { cache: Cache; log: Logger }): Promise<void> {
  if (perMinute === 0) {
    app.decorate('countFor', async () => undefined);
    return;
  }
  const own = (request: FastifyRequest) => (request.routeOptions.config.ratePerMinute ? request.routeOptions.url : '');
  const max = (request: FastifyRequest) => request.routeOptions.config.ratePerMinute ?? perMinute;
  // Not by the plugin's own hooks: those run after a route's, which look sessions up for whoever asks.
  const counts = shared && createSharedCounts(shared.cache, shared.log, { name: 'platform:requests', most: MOST_KNOWN });
  if (counts) app.addHook('onClose', counts.stop);
  await app.register(rateLimit, { global: false, cache: MOST_KNOWN, ...(counts ? { store: counts.Store } : {}) });
  const ofNetwork = app.createRateLimit({
    timeWindow: WINDOW_MS,
    max,
    keyGenerator: (request) => `${networkOf(request.ip)} ${own(request)}`,
  });
  app.addHook('onRequest', async (request, reply) => {
    // Our own edge has counted it.
    if (request.isFromEdge) return;
    const found = await ofNetwork(request);
    if (found.isAllowed) return;
    reply.header('x-ratelimit-limit', found.max).header('x-ratelimit-remaining', found.remaining);
    if (found.isExceeded) throw tooMany(found.ttl);
  });
  const ofPerson = app.createRateLimit({
    timeWindow: WINDOW_MS,
    max: (request) => {
      const { ratePerPerson, ratePerMinute } = request.routeOptions.config;
      // Said for an installation with the usual limit; one that takes more takes more of these as well.
      const own = ratePerPerson ?? ratePerMinute;
      return own === undefined ? perMinute : Math.max(own, Math.round((own * perMinute) / USUAL));
    },
    keyGenerator: (request) =>
      `${(request as { counted?: string }).counted} ${request.routeOptions.config.ratePerPerson ? request.routeOptions.url : own(request)}`,
  });
  app.decorate('countFor', async (request, who) => {
    (request as { counted?: string }).counted = who;
    const found = await ofPerson(request);
    if (!found.isAllowed && found.isExceeded) throw tooMany(found.ttl);
  });
}

const tooMany = (ttlMs: number) => refusePlatform('PLATFORM_TOO_MANY_REQUESTS', { retryAfterSeconds: Math.max(1, ttlMs / 1000) });

/** What one household or office is given: an IPv4 address, or the first 64 bits of an IPv6 one, of which it has 2^64. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const bare = address.split('%')[0]!.toLowerCase();
  const inside = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1];
  if (inside) return inside;
  const [left = '', right] = bare.split('::');
  const groups = left.split(':').filter(Boolean);
  const behind = right?.split(':').filter(Boolean).length ?? 0;
  while (groups.length + behind < 8 && groups.length < 4) groups.push('0');
  if (groups.length < 4) groups.push(...right!.split(':').filter(Boolean));
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
