import type { FastifyReply } from 'fastify';
import { BFF_CALLBACK_PATH } from '#identity/events';
import { AppError } from '#platform/errors.ts';
import type { App } from '#platform/http/app.ts';
import { NO_CONTENT } from '#platform/http/problem.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { LoginQuery, SessionAnswer } from './contract.ts';
import type { Cookies } from './cookies.ts';
import { safeReturnPath } from './domain/session-rules.ts';
import { type Guard, provedOf } from './guard.ts';
import type { OidcClient } from './oidc-client.ts';
import type { AnswerSession } from './session-answer.ts';
import type { Sessions } from './sessions.ts';
import type { TenantOf } from './tenant-of.ts';
import { failedLogInPage, PAGE_POLICY } from './web/pages.ts';

export type SessionRouteParts = Pick<PlatformDeps, 'vault' | 'clock' | 'log'> & {
  guard: Guard;
  sessions: Sessions;
  cookies: Cookies;
  tenantOf: TenantOf;
  oidc: OidcClient;
  answer: AnswerSession;
};

/** What waits in the browser, sealed, while the person is at the issuer. */
type LogInState = { state: string; nonce: string; verifier: string; returnTo: string; tenantId: string; beganMs: number; untilMs: number };
const PURPOSE = 'bff/log-in';
const navigation = { auth: 'public', ratePerMinute: 300 } as const;

/** Log-in, log-out, and who is there. */
export function sessionRoutes(app: App, parts: SessionRouteParts): void {
  const { guard, sessions, cookies, tenantOf, oidc, answer, vault, clock, log } = parts;

  const fail = (reply: FastifyReply, cause: unknown): FastifyReply => {
    log.info({ err: (cause as Error).message }, 'a log-in did not come to its end');
    return reply.status(400).header('content-security-policy', PAGE_POLICY).type('text/html; charset=utf-8').send(failedLogInPage());
  };
  const readState = (sealed: string | undefined, tenantId: string): LogInState => {
    if (!sealed) throw new Error('no log-in under way in this browser');
    const found = JSON.parse(vault.openOwn(PURPOSE, Buffer.from(sealed, 'base64url'))) as LogInState;
    if (found.tenantId !== tenantId || found.untilMs <= clock.now()) throw new Error('the log-in is of another tenant or too old');
    return found;
  };

  app.get(
    '/bff/login',
    { config: navigation, schema: { tags: ['bff'], summary: 'Começa a entrar', querystring: LoginQuery } },
    async (request, reply) => {
      const tenant = await tenantOf(request.hostname);
      const { screen, returnTo } = request.query;
      const { url, ...secrets } = await oidc.startLogIn(tenant, BFF_CALLBACK_PATH, screen ?? 'sign-in');
      const state: LogInState = {
        ...secrets,
        returnTo: safeReturnPath(returnTo),
        tenantId: tenant.tenantId,
        beganMs: clock.now(),
        untilMs: clock.now() + cookies.loginMs,
      };
      cookies.setLoginState(request, reply, secrets.state, vault.sealOwn(PURPOSE, JSON.stringify(state)).toString('base64url'));
      return reply.header('cache-control', 'no-store').redirect(url.href, 302);
    },
  );

  app.get(BFF_CALLBACK_PATH, { config: navigation, schema: { hide: true } }, async (request, reply) => {
    const tenant = await tenantOf(request.hostname);
    const currentUrl = new URL(request.url, tenant.origin);
    const flow = currentUrl.searchParams.get('state') ?? '';
    cookies.clearLoginState(reply.header('cache-control', 'no-store'), flow);
    try {
      const { returnTo, beganMs, ...checks } = readState(cookies.loginState(request, flow), tenant.tenantId);
      const tokens = await oidc.finishLogIn(tenant.slug, currentUrl, checks);
      const [agent, before] = [request.headers['user-agent'], cookies.sessionId(request)];
      // Another window was faster, and the same person is in: replacing that session would throw that window out.
      if (await sessions.isOpenSince(tenant, before, agent, tokens.subjectId, beganMs)) await sessions.discard(tenant, tokens);
      else cookies.setSession(reply, await sessions.open(tenant, tokens.subjectId, tokens, { agent, address: request.ip }, before));
      return reply.redirect(returnTo, 302);
    } catch (error) {
      if (error instanceof AppError && error.status >= 500) throw error;
      return fail(reply, error);
    }
  });

  app.get(
    '/bff/v1/session',
    { config: { auth: 'public' }, schema: { tags: ['bff'], summary: 'Quem está na sessão', response: { 200: SessionAnswer } } },
    async (request, reply): Promise<SessionAnswer> => {
      reply.header('cache-control', 'no-store');
      return answer(request, reply);
    },
  );

  app.post(
    '/bff/v1/logout',
    {
      config: { auth: 'session', idempotency: 'exempt: a session ends once' },
      bodyLimit: 1024,
      onRequest: guard.require(),
      schema: { tags: ['bff'], summary: 'Sai', response: NO_CONTENT },
    },
    async (request, reply) => {
      const { tenant, session } = provedOf(request);
      await sessions.end(tenant, session);
      return cookies.clearSession(reply).status(204).send();
    },
  );
}
