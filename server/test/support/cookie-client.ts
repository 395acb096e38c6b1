import { request } from 'undici';

export type Answer = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: () => Record<string, unknown>;
  location: string;
};
export type Ask = { method?: 'GET' | 'POST' | 'DELETE'; headers?: Record<string, string>; body?: unknown; form?: Record<string, string> };
/** As `platform/http/pressure.ts` says it. */
const TURNED_AWAY = 'Há pedidos demais em andamento.';
const isTurnedAway = ({ status, text }: Answer): boolean => status === 503 && text.includes(TURNED_AWAY);
const MOST_TRIES = 120;
type Cookie = { name: string; value: string; host: string; path: string };

/**
 * What a browser does with cookies, without the browser: keeps them by host and path and sends them back. Every host name leads to
 * the server under test, so that tenants can be told apart by name without DNS.
 */
export function createCookieClient(port: number, defaults: Record<string, string> = { 'user-agent': 'test-browser/1' }) {
  let jar: Cookie[] = [];

  const cookiesFor = (url: URL): string =>
    jar
      .filter(
        (cookie) =>
          cookie.host === url.hostname && `${url.pathname}/`.startsWith(cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`),
      )
      .map((cookie) => `${cookie.name}=${cookie.value}`)
      .join('; ');

  const keep = (url: URL, line: string): void => {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const cut = pair.indexOf('=');
    const name = pair.slice(0, cut);
    const value = pair.slice(cut + 1);
    const find = (key: string) => attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const path = find('path') ?? '/';
    jar = jar.filter((one) => !(one.name === name && one.host === url.hostname && one.path === path));
    const expires = find('expires');
    const gone = value === '' || find('max-age') === '0' || (expires !== undefined && Date.parse(expires) <= Date.now());
    if (!gone) jar.push({ name, value, host: url.hostname, path });
  };

  const client = {
    /** One request; redirects are left to the caller. What a machine under load turned away before it read anything is asked again. */
    async send(target: string | URL, ask: Ask = {}): Promise<Answer> {
      for (let tries = 1; ; tries++) {
        const answer = await client.once(target, ask);
        if (!isTurnedAway(answer) || tries >= MOST_TRIES) return answer;
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    },
    async once(target: string | URL, ask: Ask = {}): Promise<Answer> {
      const url = new URL(target);
      const cookie = cookiesFor(url);
      const body = ask.form ? new URLSearchParams(ask.form).toString() : ask.body === undefined ? undefined : JSON.stringify(ask.body);
      const response = await request(`http://127.0.0.1:${port}${url.pathname}${url.search}`, {
        method: ask.method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          host: url.host,
          ...defaults,
          ...(cookie ? { cookie } : {}),
          ...(body === undefined ? {} : { 'content-type': ask.form ? 'application/x-www-form-urlencoded' : 'application/json' }),
          ...ask.headers,
        },
        ...(body === undefined ? {} : { body }),
      });
      for (const line of [response.headers['set-cookie'] ?? []].flat()) keep(url, line);
      const text = await response.body.text();
      const location = response.headers.location;
      return {
        status: response.statusCode,
        headers: response.headers,
        text,
        json: () => JSON.parse(text) as Record<string, unknown>,
        location: typeof location === 'string' ? new URL(location, url).href : '',
      };
    },
    /**
     * Follows redirects until an answer is none, or leads to `until`; the last answer carries where it leads. Where the way ends before
     * `until`, that answer is the fault: going on from there would hide it behind another one.
     */
    async follow(target: string | URL, until?: (url: URL) => boolean): Promise<{ answer: Answer; url: string }> {
      let url = new URL(target).href;
      for (let hop = 0; hop < 12; hop++) {
        let answer = await client.send(url);
        // The issuer, asked by the BFF in the same process, may have been turned away as well: nothing has come of the navigation.
        for (let tries = 1; answer.status === 503 && tries < MOST_TRIES; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 250));
          answer = await client.send(url);
        }
        if (!answer.location || answer.status < 300 || answer.status > 399) {
          if (until) throw new Error(`the way ended at ${url}: ${answer.status} ${answer.text.slice(0, 400)}`);
          return { answer, url };
        }
        url = answer.location;
        if (until?.(new URL(url))) return { answer, url };
      }
      throw new Error(`too many redirects, last to ${url}`);
    },
    cookie: (name: string): string | undefined => jar.find((one) => one.name === name)?.value,
    cookies: () => jar,
    setCookie(host: string, name: string, value: string): void {
      jar = jar.filter((one) => !(one.name === name && one.host === host));
      jar.push({ name, value, host, path: '/' });
    },
  };
  return client;
}

export type CookieClient = ReturnType<typeof createCookieClient>;
