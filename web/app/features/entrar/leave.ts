import type { Problem } from '#core/problem';

/** Goes on with the OIDC flow: a full page load. Only to a web address, never to a script URL. */
export function leave(redirectTo: string): void {
  const to = new URL(redirectTo, location.origin);
  location.assign(to.protocol === 'http:' || to.protocol === 'https:' ? to.href : '/');
}

/** The interaction lives minutes; when it is gone (404, 410) only a new start helps. */
export const loginEnded = (p: Problem): Problem => (p.status === 404 || p.status === 410 ? { ...p, code: 'IDENTITY_LOGIN_ENDED' } : p);
