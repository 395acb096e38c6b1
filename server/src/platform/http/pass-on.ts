import replyFrom from '@fastify/reply-from';
import type { App } from './app.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Passes public routes on to the process that owns them; that one authenticates, validates and answers. */
export async function passOn(
  app: App,
  owners: { prefix: string; url: string; methods?: readonly (typeof METHODS)[number][] }[],
): Promise<void> {
  for (const owner of owners) {
    await app.register(async (scope) => {
      await scope.register(replyFrom, { base: owner.url, undici: { connections: 64, pipelining: 1 } });
      scope.removeAllContentTypeParsers();
      // Bodies stream through unread: their shape is the owner's affair.
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
      for (const url of [owner.prefix, `${owner.prefix}/*`]) {
        scope.route({
          method: [...(owner.methods ?? METHODS)],
          url,
          config: { auth: 'public', idempotency: 'exempt: the owner decides' },
          schema: { hide: true },
          handler: (request, reply) =>
            reply.from(request.url, {
              body: request.method === 'GET' ? undefined : request.raw,
              rewriteRequestHeaders: (_original, headers) => ({
                ...headers,
                'x-forwarded-for': request.ip,
                'x-forwarded-host': request.host,
                'x-forwarded-proto': request.protocol,
              }),
            }) as never,
        });
      }
    });
  }
}
