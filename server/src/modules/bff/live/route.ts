import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import type { Logger } from '#platform/log.ts';
import { refuse } from '../errors.ts';
import { type Guard, provedOf } from '../guard.ts';
import type { HomeReader } from '../home.ts';
import type { PaymentsPort } from '../ports.ts';
import { type Hub, subjectKey } from './hub.ts';
import { createStream, type Stream } from './stream.ts';

export type LiveRouteParts = { guard: Guard; hub: Hub; home: HomeReader; payments: PaymentsPort; log: Logger };

/** GET /bff/v1/events: server-sent events of the session's person. `Last-Event-ID` is a position in the log. */
export function liveRoute(app: App, { guard, hub, home, payments, log }: LiveRouteParts): void {
  app.addHook('preClose', async () => hub.endAll());
  app.get(
    '/bff/v1/events',
    {
      config: { auth: 'session', ratePerMinute: 120 },
      onRequest: guard.require('payments:read', 'cashflow:read'),
      schema: {
        tags: ['bff'],
        summary: 'O que muda, ao vivo (server-sent events: payment, balance, day, session, reload)',
        headers: Type.Object({ 'last-event-id': Type.Optional(Type.String({ maxLength: 40 })) }),
      },
    },
    async (request, reply) => {
      const { session, ctx } = provedOf(request);
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
        onEnd: () => hub.remove(stream),
      });
      hub.resume(stream, after);
      await greet(stream);

      /** What may have changed between the screen's reading and this line. */
      async function greet(to: Stream): Promise<void> {
        try {
          const [{ availableMinor, postedMinor, heldMinor }, { pending: _pending, lagMs: _lag, ...today }] = await Promise.all([
            payments.getBalance(ctx, { subjectId: session.subjectId }),
            home.readToday(ctx, session.subjectId),
          ]);
          to.push({ event: 'balance', data: { availableMinor, postedMinor, heldMinor } });
          if (today.updatedAt) to.push({ event: 'day', data: today });
        } catch (error) {
          log.debug({ err: (error as Error).message }, 'a live screen starts without its balance');
        }
      }
    },
  );
}

function positionOf(header: string | string[] | undefined): bigint | null {
  return typeof header === 'string' && /^\d{1,18}$/.test(header) ? BigInt(header) : null;
}
