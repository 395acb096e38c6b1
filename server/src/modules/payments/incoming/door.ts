import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { DEFAULT_CONNECTION, FORMER_DOOR } from '../connections/names.ts';
import type { Rails } from '../connections/rails.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refusePayments } from '../errors.ts';
import type { Announcement } from '../rails/port.ts';

type Hear = (connection: string, announcement: Announcement) => Promise<void>;
const Params = Type.Object({ connection: Type.String({ pattern: '^[a-z][a-z0-9-]{0,30}$' }) }, { additionalProperties: false });

/**
 * Where providers announce: one address a connection, with `/pix` behind it for those that add that themselves. The raw bytes may be what
 * is signed, so this scope reads bodies itself. Whether a call is proved, and what it says, is for the connection's adapter to tell.
 */
export function announcementRoutes(app: App, { clock, config }: PaymentsDeps, rails: Pick<Rails, 'of'>, hear: Hear): void {
  const nameOf = (told: string): string => (told === FORMER_DOOR ? (config.connection ?? DEFAULT_CONNECTION) : told);

  async function take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const connection = nameOf((request.params as { connection: string }).connection);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const rail = await rails.of(connection);
    const call = { headers: request.headers, query: request.query as Record<string, unknown>, body, nowMs: clock.now() };
    const told = rail.readAnnouncements(call);
    if (told === 'unproved') throw refusePayments('PAYMENTS_WEBHOOK_UNPROVED');
    if (told === 'malformed') throw refusePayments('PAYMENTS_WEBHOOK_MALFORMED');
    await Promise.all(told.map((one) => hear(connection, one)));
    return reply.status(204).send();
  }

  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: 64 * 1024 }, (_request, body, done) => done(null, body));
    for (const path of ['/webhooks/pix/:connection', '/webhooks/pix/:connection/pix'])
      scope.post(
        path,
        {
          config: { auth: 'signature', idempotency: 'exempt: deduplicated by event id', ratePerMinute: 10_000_000 },
          schema: { tags: ['webhooks'], summary: 'Avisos do provedor do Pix, provados como o adaptador da conexão manda', params: Params },
        },
        take,
      );
  });
}
