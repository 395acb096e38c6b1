import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { LAG_HEADER, raiseSeen, readSeen, SEEN_HEADER, type Seen, UNKNOWN_POSITION, withSeen, writeSeen } from '../db/freshness.ts';
import type { App } from './app.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Absent where the database has no copies. */
    seen?: Seen;
    /** The person or client by whom the request was proved to come: tenant and subject. */
    seenBy?: string;
  }
}

/** Longer than any replica that serves may lag. */
const REMEMBER_MS = 60_000;
const MOST_REMEMBERED = 10_000;

/**
 * A request reads what its caller wrote: their position comes with the request, or is remembered here, and the answer says what it has become. Only
 * what is asked by GET may be a moment old.
 */
export function keepFreshness(app: App, position: () => Promise<bigint>): void {
  // Callers who do not send their position back.
  const recent = new LRUCache<string, bigint>({ max: MOST_REMEMBERED, ttl: REMEMBER_MS });
  app.decorateRequest('seen');
  app.decorateRequest('seenBy');
  app.addHook('onRequest', (request, _reply, done) => {
    const { [SEEN_HEADER]: position, [LAG_HEADER]: lag } = request.headers;
    const mayLag = request.method === 'GET' || request.method === 'HEAD' || (lag === '1' && isFace(request));
    request.seen = { position: readSeen(position), mayLag };
    withSeen(request.seen, done);
  });
  // Reading a body loses it again, as it loses the span.
  app.addHook('onRoute', (route) => {
    const handler = route.handler;
    route.handler = function fresh(request, reply) {
      return request.seen ? withSeen(request.seen, () => handler.call(this, request, reply)) : handler.call(this, request, reply);
    };
  });
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.seen && request.seenBy !== undefined) raiseSeen(request.seen, recent.get(request.seenBy) ?? 0n);
    done();
  });
  app.addHook('onSend', async (request, reply, payload) => {
    const { seen } = request;
    if (!seen || seen.mayLag || isFace(request)) return payload;
    // All that was done for this request, in whichever process and batch, is committed by now.
    raiseSeen(seen, await position().catch(() => UNKNOWN_POSITION));
    if (request.seenBy !== undefined) recent.set(request.seenBy, seen.position);
    reply.header(SEEN_HEADER, writeSeen(seen.position));
    return payload;
  });
}

const isFace = ({ url }: FastifyRequest): boolean => url.startsWith('/_face/');
