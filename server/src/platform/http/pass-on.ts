import replyFrom from '@fastify/reply-from';
import { refusePlatform } from '../errors.ts';
import type { ServiceTokens } from '../face/service-token.ts';
import type { App, Caller } from './app.ts';
import { EDGE_HEADER, edgeToken } from './from-edge.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

const BEARER = /^Bearer ([\w.~+/-]+=*)$/i;
/** All that is under /v1 asks for a token. */
const isForTokens = (prefix: string) => prefix.startsWith('/v1/');

/** Passes public routes on to the process that owns them; that one authenticates, validates and answers. */
export async function passOn(
  app: App,
  owners: { prefix: string; url: string; methods?: readonly Method[] }[],
  proofs: { tokens: ServiceTokens; verifyToken: (token: string, address: string) => Promise<Caller> },
): Promise<void> {
  for (const owner of owners) {
    await app.register(async (scope) => {
      await scope.register(replyFrom, { base: owner.url, disableRequestLogging: true, undici: { connections: 64, pipelining: 1 } });
      scope.removeAllContentTypeParsers();
      // Bodies stream through unread: their shape and size are the owner's affair.
      scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
      for (const url of [owner.prefix, `${owner.prefix}/*`]) {
        scope.route({
          method: [...(owner.methods ?? METHODS)],
          url,
          config: { auth: 'public', idempotency: 'exempt: the owner decides' },
          schema: { hide: true },
          // Before a body travels on: the owner would refuse it as well, but only while it is still being sent.
          onRequest: async (request, reply) => {
            if (!isForTokens(owner.prefix)) return;
            const token = request.headers.authorization?.match(BEARER)?.[1];
            if (!token) {
              reply.header('www-authenticate', 'Bearer');
              throw refusePlatform('PLATFORM_UNAUTHENTICATED');
            }
            await proofs.verifyToken(token, request.ip);
          },
          handler: (request, reply) => {
            // A URL parser takes it for a slash, and what follows could lead out of the owner's prefix.
            if (request.url.includes('\\')) throw refusePlatform('PLATFORM_NOT_FOUND');
            return reply.from(undefined, {
              rewriteRequestHeaders: (_original, headers) => ({
                ...headers,
                'x-forwarded-for': request.ip,
                'x-forwarded-host': request.host,
                'x-forwarded-proto': request.protocol,
                [EDGE_HEADER]: edgeToken(proofs.tokens),
              }),
              // When to ask again is the caller's affair, too.
              retryDelay: () => null,
              onError: (answer, { error }) => void answer.send(refusalOf(error)),
            }) as never;
          },
        });
      }
    });
  }
}

const TIMEOUTS = new Set(['FST_REPLY_FROM_TIMEOUT', 'FST_REPLY_FROM_GATEWAY_TIMEOUT', 'FST_REPLY_FROM_HTTP_REQUEST_TIMEOUT']);

/** Asked and silent is a deadline; otherwise the owner is away. */
function refusalOf(cause: Error & { code?: string }): Error {
  if (TIMEOUTS.has(cause.code ?? '')) return refusePlatform('PLATFORM_DEADLINE', { cause });
  return refusePlatform('PLATFORM_UNAVAILABLE', { retryAfterSeconds: 1, cause });
}
