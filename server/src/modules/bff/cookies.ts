import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';

const LOGIN_SECONDS = 600;

/**
 * The two cookies of the BFF. On https the session cookie is a `__Host-` one: the browser then refuses it without Secure, with a
 * Domain, or from a subdomain.
 */
export function createCookies(publicUrl: string) {
  const secure = publicUrl.startsWith('https:');
  const session = secure ? '__Host-lastro' : 'lastro';
  const login = secure ? '__Secure-lastro-login' : 'lastro-login';
  const common = { httpOnly: true, secure, sameSite: 'lax' } as const;
  const read = (request: FastifyRequest, name: string): string | undefined => request.cookies[name];
  return {
    sessionId: (request: FastifyRequest): string | undefined => {
      const value = read(request, session);
      return value && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
    },
    setSession: (reply: FastifyReply, id: string) => reply.setCookie(session, id, { ...common, path: '/' }),
    clearSession: (reply: FastifyReply) => reply.clearCookie(session, { ...common, path: '/' }),
    loginState: (request: FastifyRequest): string | undefined => read(request, login),
    setLoginState: (reply: FastifyReply, sealed: string) =>
      reply.setCookie(login, sealed, { ...common, path: '/bff', maxAge: LOGIN_SECONDS }),
    clearLoginState: (reply: FastifyReply) => reply.clearCookie(login, { ...common, path: '/bff' }),
    loginMs: LOGIN_SECONDS * 1000,
  };
}

export type Cookies = ReturnType<typeof createCookies>;
