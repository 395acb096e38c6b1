import { problemOf } from './problem.ts';

export type Credentials = { clientId: string; clientSecret: string; scopes: readonly string[] };

export type TokenSource = {
  /** An access token that is still good, asked for when there is none. */
  take(): Promise<string>;
  /** The server did not accept the token: the next one is asked for anew. */
  drop(token: string): void;
};

/** Asked for again this long before its end, so that none expires on the way. */
const MARGIN_MS = 30_000;

/** Tokens by client credentials (RFC 6749 §4.4), one request at a time and kept until shortly before their end. */
export function clientCredentials(
  url: string,
  { clientId, clientSecret, scopes }: Credentials,
  send: (request: Request) => Promise<Response>,
): TokenSource {
  let kept: { token: string; until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
    const answer = await send(
      new Request(`${url}/oidc/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: scopes.join(' ') }).toString(),
      }),
    );
    if (!answer.ok) throw await problemOf(answer);
    const body = (await answer.json()) as { access_token: string; expires_in: number };
    kept = { token: body.access_token, until: Date.now() + body.expires_in * 1_000 - MARGIN_MS };
    return kept.token;
  };
  return {
    async take() {
      if (kept && Date.now() < kept.until) return kept.token;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      return asking;
    },
    drop(token) {
      if (kept?.token === token) kept = undefined;
    },
  };
}
