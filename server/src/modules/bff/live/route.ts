import { Type } from 'typebox';
import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import type { App } from '#platform/http/app.ts';
import { Uuid } from '#platform/schemas.ts';
import { refuse } from '../errors.ts';
import { type Guard, provedOf, visitOf } from '../guard.ts';
import { type Hub, subjectKey } from './hub.ts';
import { createStream, type Stream } from './stream.ts';

/** Scopes that tell who somebody is, and nothing of what they have. */
const WHO = new Set(['openid', 'people:read']);

/** Whether whoever calls may see the account. @throws when not */
export type MaySee = (ctx: CallContext, accountId: string) => Promise<unknown>;
export type LiveRouteParts = { guard: Guard; hub: Hub; maySee: MaySee };

/** GET /bff/v1/events: server-sent events of the session's person and of the account that the address names. `Last-Event-ID` is a position in the log. */
export function liveRoute(app: App, { guard, hub, maySee }: LiveRouteParts): void {
  app.addHook('preClose', async () => hub.endAll());
  app.get(
    '/bff/v1/events',
    {
      config: { auth: 'session', account: 'see', ratePerMinute: 120 },
      onRequest: guard.require(),
      schema: {
        tags: ['bff'],
        summary: 'O que muda, ao vivo (server-sent events: payment, balance, day, session, reload)',
        querystring: Type.Object({ account: Type.Optional(Uuid) }),
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 40 })) }),
      },
    },
    async (request, reply) => {
      const { session } = provedOf(request);
      // What is told live asks for no scope by itself; a log-in that may only give a factor, or see who it is in a locked account, hears none of it.
      const mayOnlySeeWho = [...session.scopes].every((scope) => WHO.has(scope));
      if (session.proof.acr === 'aal0' || mayOnlySeeWho) throw refusePlatform('PLATFORM_FORBIDDEN');
      const visit = visitOf(request);
      await maySee(visit.ctx, visit.accountId);
      await hub.start();
      if (!hub.admit(subjectKey(session.tenantId, session.subjectId), session.id))
        throw refuse('BFF_TOO_MANY_STREAMS', { retryAfterSeconds: 10 });
      const after = positionOf(request.headers['last-event-id']);
      reply.hijack();
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
        // When the line ends so does its connection: kept alive it would hold up a draining process until somebody's time-out.
        connection: 'close',
      });
      const stream: Stream = createStream(reply.raw, {
        sessionId: session.id,
        subject: subjectKey(session.tenantId, session.subjectId),
        account: subjectKey(session.tenantId, visit.accountId),
        onEnd: () => hub.remove(stream),
      });
      hub.resume(stream, after);
      // Asked again: whoever was taken off the account before the line listened would never hear of it.
      const isStill = await maySee(visit.ctx, visit.accountId).then(
        () => true,
        () => false,
      );
      if (isStill) await hub.greet(stream, visit);
      else stream.end();
    },
  );
}

function positionOf(header: string | string[] | undefined): bigint | null {
  return typeof header === 'string' && /^\d{1,18}$/.test(header) ? BigInt(header) : null;
}
