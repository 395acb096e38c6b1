import type { Answer, Ask, Method } from '../line.ts';
import { readToken } from './messages.ts';
import { NO_TOKEN, nameOf } from './read-answer.ts';

/** A token is renewed so long before it ends: it must last as long as the call that shows it. */
const MARGIN_MS = 60_000;

/** Asks with a token. */
export type AskWithToken = (via: Ask, method: Method, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

export type Tokens = {
  ask: AskWithToken;
  /** The provider's clock by its last answer; null while it gives none. Behind by less than a second, never ahead. */
  nowMs(): Promise<number | null>;
};

/** The client's token, fetched once for all that need it and again before it ends or when it is refused. */
export function createTokens(via: Ask, { clientId, clientSecret }: { clientId: string; clientSecret: string }): Tokens {
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`;
  let known: { token: string; untilMs: number } | null = null;
  let fetching: Promise<Answer | string> | null = null;
  let clock: { theirsMs: number; atMs: number } | null = null;

  function note<A extends Answer>(answer: A): A {
    if (answer.kind === 'answered' && answer.dateMs !== undefined) clock = { theirsMs: answer.dateMs, atMs: performance.now() };
    return answer;
  }

  /** The token, or why there is none. */
  async function fetchToken(): Promise<Answer | string> {
    const answer = note(await via('POST', '/oauth/token', { grant_type: 'client_credentials' }, { authorization: basic }));
    const token = answer.kind === 'answered' && answer.status < 300 ? readToken(answer.body) : null;
    if (token === null) return answer;
    known = { token: token.access_token, untilMs: performance.now() + token.expires_in * 1_000 - MARGIN_MS };
    return known.token;
  }

  async function token(): Promise<Answer | string> {
    if (known && performance.now() < known.untilMs) return known.token;
    fetching ??= fetchToken().finally(() => {
      fetching = null;
    });
    return fetching;
  }

  return {
    async ask(lane, method, path, body, headers = {}) {
      const found = await token();
      // Whatever became of the token, what was to be asked with it did not leave.
      if (typeof found !== 'string') return { kind: 'not-sent', why: 'NO_TOKEN', ...(retryAfterOf(found) ?? {}) };
      const answer = note(await lane(method, path, body, { ...headers, authorization: `Bearer ${found}` }));
      if (answer.kind === 'answered' && nameOf(answer) === NO_TOKEN && known?.token === found) known = null;
      return answer;
    },
    async nowMs() {
      if (clock === null) await token();
      return clock && clock.theirsMs + Math.floor(performance.now() - clock.atMs);
    },
  };
}

const retryAfterOf = (answer: Answer): { retryAfterMs: number } | null =>
  'retryAfterMs' in answer && typeof answer.retryAfterMs === 'number' ? { retryAfterMs: answer.retryAfterMs } : null;
