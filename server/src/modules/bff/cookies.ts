import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Realm } from './domain/realm.ts';

const LOGIN_SECONDS = 600;
/** Longer than any copy of the database that serves may lag. */
const SEEN_SECONDS = 60;
/** Log-ins that one browser may have under way. */
const MOST_LOGINS = 5;

/**
 * The cookies of the BFF. On https the session cookie is a `__Host-` one: the browser then refuses it without Secure, with a
 * Domain, or from a subdomain. Operators' have names of their own, beside their host.
 */
export function createCookies(publicUrl: string, realm: Realm = 'customer') {
  const secure = publicUrl.startsWith('https:');
  const name = realm === 'operator' ? 'lastro-operacao' : 'lastro';
  const session = secure ? `__Host-${name}` : name;
  const login = `${secure ? '__Secure-' : ''}${name}-login`;
  const seen = `${secure ? '__Secure-' : ''}${name}-seen`;
  const common = { httpOnly: true, secure, sameSite: 'lax' } as const;
  const nameOf = (state: string): string => `${login}-${state.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 16)}`;
  const read = (request: FastifyRequest, name: string): string | undefined => request.cookies[name];
  return {
    sessionId: (request: FastifyRequest): string | undefined => {
      const value = read(request, session);
      return value && /^[A-Za-z0-9_-]{43}$/.test(value) ? value : undefined;
    },
    setSession: (reply: FastifyReply, id: string) => reply.setCookie(session, id, { ...common, path: '/' }),
    clearSession: (reply: FastifyReply) => reply.clearCookie(session, { ...common, path: '/' }),
    /** Log-ins under way each have a cookie: two windows may be at the log-in page, and the end of one is not the other's. */
    loginState: (request: FastifyRequest, state: string): string | undefined => read(request, nameOf(state)),
    setLoginState(request: FastifyRequest, reply: FastifyReply, state: string, sealed: string): void {
      // Browsers send the oldest first.
      const underWay = Object.keys(request.cookies).filter((name) => name.startsWith(`${login}-`));
      for (const name of underWay.slice(0, Math.max(0, underWay.length - MOST_LOGINS + 1)))
        reply.clearCookie(name, { ...common, path: '/bff' });
      reply.setCookie(nameOf(state), sealed, { ...common, path: '/bff', maxAge: LOGIN_SECONDS });
    },
    clearLoginState: (reply: FastifyReply, state: string) => reply.clearCookie(nameOf(state), { ...common, path: '/bff' }),
    /** Up to where this browser's person has written: whichever process answers next shows no less. */
    seen: (request: FastifyRequest): string | undefined => read(request, seen),
    setSeen: (reply: FastifyReply, position: string) => reply.setCookie(seen, position, { ...common, path: '/bff', maxAge: SEEN_SECONDS }),
    loginMs: LOGIN_SECONDS * 1000,
  };
}

export type Cookies = ReturnType<typeof createCookies>;
