import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallContext } from '#platform/context.ts';
import { raiseSeen, readSeen } from '#platform/db/freshness.ts';
import { AppError, refusePlatform } from '#platform/errors.ts';
import { namedAccount } from '#platform/http/account.ts';
import type { Visit } from '#platform/screens.ts';
import type { Cookies } from './cookies.ts';
import { refuse } from './errors.ts';
import type { Session, Sessions } from './sessions.ts';
import type { TenantHost, TenantOf } from './tenant-of.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set on the BFF's guarded routes. */
    bff?: { tenant: TenantHost; session: Session };
  }
}

const sameText = (a: string, b: string): boolean => {
  const [one, two] = [Buffer.from(a), Buffer.from(b)];
  return one.length === two.length && timingSafeEqual(one, two);
};

/** What a state-changing request must show besides the cookie: the session's own token, and that our page sent it. @throws PLATFORM_CSRF */
export function requireOwnPage(request: FastifyRequest, session: Session): void {
  const { origin, 'x-csrf-token': token, 'sec-fetch-site': site } = request.headers;
  const ownOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === request.host);
  const ownSite = site === undefined || site === 'same-origin';
  if (!ownOrigin || !ownSite || typeof token !== 'string' || !sameText(token, session.csrfToken)) throw refusePlatform('PLATFORM_CSRF');
}

/** Guards of the BFF's routes. They run before the body is read, so that a stranger learns nothing about its shape. */
export function createGuard({ tenantOf, sessions, cookies }: { tenantOf: TenantOf; sessions: Sessions; cookies: Cookies }) {
  /** Proves the session; a cookie that opens nothing any more is taken back. */
  async function prove(request: FastifyRequest, reply: FastifyReply): Promise<{ tenant: TenantHost; session: Session }> {
    const tenant = await tenantOf(request.hostname);
    try {
      return { tenant, session: await sessions.prove(tenant, cookies.sessionId(request), request.headers['user-agent']) };
    } catch (error) {
      if (error instanceof AppError && error.status === 401) cookies.clearSession(reply);
      throw error;
    }
  }
  return {
    prove,
    /** An `onRequest` hook: session, scopes, and for what changes state the proof that our own page asks. */
    require:
      (...scopes: string[]) =>
      async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
        const proved = await prove(request, reply);
        const missing = scopes.filter((scope) => !proved.session.scopes.has(scope));
        if (missing.length > 0)
          throw refusePlatform('PLATFORM_FORBIDDEN', {
            detail: { pt: `Falta o escopo ${missing.join(', ')}.`, en: `The scope ${missing.join(', ')} is missing.` },
          });
        if (request.method !== 'GET' && request.method !== 'HEAD') requireOwnPage(request, proved.session);
        request.bff = proved;
        request.seenBy = `${proved.tenant.tenantId}/${proved.session.subjectId}`;
        if (request.seen) raiseSeen(request.seen, readSeen(cookies.seen(request)));
        await request.server.countFor(request, `${proved.tenant.tenantId}/${proved.session.subjectId}`);
      },
  };
}

export type Guard = ReturnType<typeof createGuard>;

/** What a guarded handler works with; the context carries the caller's idempotency key on. */
export function provedOf(request: FastifyRequest): { tenant: TenantHost; session: Session; ctx: CallContext } {
  if (!request.bff) throw refuse('BFF_NO_SESSION');
  const key = request.headers['idempotency-key'];
  const { session, tenant } = request.bff;
  return { session, tenant, ctx: { ...session.ctx, ...(typeof key === 'string' ? { idempotencyKey: key } : {}) } };
}

/** The same for screens that other modules add. */
export function visitOf(request: FastifyRequest): Visit {
  const { session, ctx } = provedOf(request);
  const accountId = namedAccount(request) ?? session.subjectId;
  return { tenantId: session.tenantId, subjectId: session.subjectId, accountId, proof: session.proof, ctx };
}
