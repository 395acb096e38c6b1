/** A session ends this long after the log-in, whatever happens. */
export const ABSOLUTE_MS = 12 * 3_600_000;
/** And this long after the person's last request. An open screen that only listens does not count as one. */
export const IDLE_MS = 30 * 60_000;
/** How often the last request is written down: it is precise to this much. */
export const TOUCH_EVERY_MS = 30_000;
/** Access tokens are renewed this long before they expire. */
export const RENEW_BEFORE_MS = 45_000;
/** Sessions a person may have; the oldest give way. */
export const MOST_SESSIONS = 20;

/** When a session ends if nobody uses it from now on. */
export function endsAtMs(session: { expiresAt: Date; lastSeenAt: Date }): number {
  return Math.min(session.expiresAt.getTime(), session.lastSeenAt.getTime() + IDLE_MS);
}

/** Where the issuer and the log-in live: going back there would begin another log-in, or worse. */
const NOT_A_PAGE = /^\/(bff|oidc|entrar)(\/|$)/;

/** The path as our router will read it, or null when it cannot be read. */
function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

/**
 * A path of our own to go back to after the log-in; anything else, a foreign address above all, becomes the start page. It is the address
 * as a browser reads it that is judged: reading takes dot segments out, and `/.//other.example` becomes `//other.example`.
 */
export function safeReturnPath(text: string | undefined): string {
  if (!text || text.length > 500 || !/^\/[\x21-\x7e]*$/.test(text) || text.includes('\\')) return '/';
  const own = 'http://own.invalid';
  if (!URL.canParse(text, own)) return '/';
  const { host, pathname, search, hash } = new URL(text, own);
  const isOurs = host === 'own.invalid' && !pathname.startsWith('//') && !NOT_A_PAGE.test(decoded(pathname) ?? '/bff');
  return isOurs ? `${pathname}${search}${hash}` : '/';
}

/** First and last initial of a name. */
export function initialsOf(name: string): string {
  const words = name.split(' ').filter((word) => /^\p{L}/u.test(word));
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined].flatMap((word) => (word ? [[...word][0]] : []));
  return letters.join('').toLocaleUpperCase('pt-BR');
}
