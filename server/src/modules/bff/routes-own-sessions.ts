import { Type } from 'typebox';
import type { App } from '#platform/http/app.ts';
import { OwnSessions, SessionParams } from './contract.ts';
import { type Guard, provedOf } from './guard.ts';
import type { OwnSessions as Own } from './own-sessions.ts';

const tags = ['bff'];
const Ended = Type.Object({ ended: Type.Integer() });

/** Where a person is in, and the end of it. They need the session alone: whoever may do nothing else may still close a door. */
export function ownSessionRoutes(app: App, { guard, ownSessions }: { guard: Guard; ownSessions: Own }): void {
  const onRequest = guard.require();
  app.get(
    '/bff/v1/sessions',
    { config: { auth: 'session' }, onRequest, schema: { tags, summary: 'Onde a pessoa está', response: { 200: OwnSessions } } },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      return { sessions: await ownSessions.list(provedOf(request).session) };
    },
  );
  app.post(
    '/bff/v1/sessions/:id/end',
    {
      config: { auth: 'session', idempotency: 'exempt: a session ends once' },
      bodyLimit: 1024,
      onRequest,
      schema: { tags, summary: 'Encerra uma sessão', params: SessionParams, response: { 200: Ended } },
    },
    async (request) => {
      const { tenant, session } = provedOf(request);
      await ownSessions.end(tenant, session, request.params.id);
      return { ended: 1 };
    },
  );
  app.post(
    '/bff/v1/sessions/end-others',
    {
      config: { auth: 'session', idempotency: 'exempt: a session ends once' },
      bodyLimit: 1024,
      onRequest,
      schema: { tags, summary: 'Encerra as outras sessões', response: { 200: Ended } },
    },
    async (request) => {
      const { tenant, session } = provedOf(request);
      return { ended: await ownSessions.endOthers(tenant, session) };
    },
  );
}
