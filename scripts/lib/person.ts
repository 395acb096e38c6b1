/** A person at the keyboard, without a browser: follows redirects, keeps cookies, sends what the web app sends. */
import { randomUUID } from 'node:crypto';

export type Problem = { code: string; title: string; status: number; detail: string };

/** An answer that was not the one hoped for. */
export class UnexpectedAnswer extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(what: string, status: number, body: unknown) {
    const code = (body as Problem | null)?.code;
    super(`${what}: ${status} ${code ?? ''} ${(body as Problem | null)?.detail ?? ''}`.trim());
    this.status = status;
    this.code = code;
  }
}

export type Reply<T = unknown> = { status: number; headers: Headers; body: T };

export class Person {
  readonly baseUrl: string;
  readonly cookies = new Map<string, string>();
  csrfToken = '';
  readonly #agent: string;
  readonly #address: () => string | undefined;

  /** `address`: where the person is at a request, told as a proxy would tell it; the server must trust this machine as one (TRUST_PROXY). */
  constructor(baseUrl: string, options: { userAgent?: string; address?: string | (() => string) } = {}) {
    this.baseUrl = baseUrl.replace(/\/$/, '');
    this.#agent = options.userAgent ?? 'lastro-person/1';
    const { address } = options;
    this.#address = typeof address === 'function' ? address : () => address;
  }

  /** One request with this person's cookies; redirects are not followed. */
  async request<T = unknown>(
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<Reply<T>> {
    const url = new URL(path, this.baseUrl);
    const address = this.#address();
    const answer = await fetch(url, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
      headers: {
        'user-agent': this.#agent,
        origin: this.baseUrl,
        'sec-fetch-site': 'same-origin',
        'x-requested-with': 'lastro',
        ...(address ? { 'x-forwarded-for': address } : {}),
        ...(this.cookies.size > 0 ? { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
        ...(this.csrfToken ? { 'x-csrf-token': this.csrfToken } : {}),
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    });
    this.#keepCookies(answer.headers.getSetCookie());
    const text = await answer.text();
    const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
    return { status: answer.status, headers: answer.headers, body: (isJson && text ? JSON.parse(text) : text) as T };
  }

  /** Like `request`, but anything except the expected status is an error that names the code. */
  async expect<T>(
    status: number,
    method: string,
    path: string,
    options: { body?: unknown; headers?: Record<string, string> } = {},
  ): Promise<T> {
    const reply = await this.request<T>(method, path, options);
    if (reply.status !== status) throw new UnexpectedAnswer(`${method} ${path}`, reply.status, reply.body);
    return reply.body;
  }

  get<T>(path: string): Promise<T> {
    return this.expect<T>(200, 'GET', path);
  }

  post<T>(status: number, path: string, body: unknown, key: string = randomUUID()): Promise<T> {
    return this.expect<T>(status, 'POST', path, { body, headers: { 'idempotency-key': key } });
  }

  async signUp(person: { name: string; cpf: string; email: string; password: string }): Promise<void> {
    const page = await this.#follow('/bff/login?screen=sign-up&returnTo=/inicio');
    const { redirectTo } = await this.post<{ redirectTo: string }>(201, `${page}/sign-up`, person);
    await this.#finish(redirectTo);
  }

  async logIn(login: string, password: string): Promise<void> {
    const page = await this.#follow('/bff/login?screen=sign-in&returnTo=/inicio');
    const { redirectTo } = await this.expect<{ redirectTo: string }>(200, 'POST', `${page}/login`, { body: { login, password } });
    await this.#finish(redirectTo);
  }

  async #finish(redirectTo: string): Promise<void> {
    await this.#follow(redirectTo);
    const session = await this.get<{ authenticated: boolean; csrfToken: string }>('/bff/v1/session');
    if (!session.authenticated) throw new Error('the log-in ended without a session');
    this.csrfToken = session.csrfToken;
  }

  /** Follows redirects through BFF and issuer to the page where they end; answers its path. */
  async #follow(start: string): Promise<string> {
    let path = start.replace(this.baseUrl, '');
    for (let hop = 0; hop < 12; hop++) {
      // A page of the web app says nothing to a program: what counts is its address.
      if (!path.startsWith('/bff/') && !path.startsWith('/oidc/')) return new URL(path, this.baseUrl).pathname;
      const reply = await this.request('GET', path);
      if (reply.status >= 400) throw new UnexpectedAnswer(`GET ${path.split('?')[0]}`, reply.status, reply.body);
      const next = reply.headers.get('location');
      if (!next) return new URL(path, this.baseUrl).pathname;
      path = new URL(next, new URL(path, this.baseUrl)).toString().replace(this.baseUrl, '');
    }
    throw new Error('too many redirects');
  }

  #keepCookies(lines: string[]): void {
    for (const line of lines) {
      const [pair = '', ...attributes] = line.split(';');
      const cut = pair.indexOf('=');
      const name = pair.slice(0, cut).trim();
      const value = pair.slice(cut + 1);
      const gone = value === '' || attributes.some((one) => /^\s*(max-age=0|expires=thu, 01 jan 1970)/i.test(one));
      if (gone) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }
}

/** A valid CPF from a number: the nine digits with their two check digits. */
export function cpfFrom(seed: number): string {
  const digits = String(seed % 1_000_000_000)
    .padStart(9, '0')
    .split('')
    .map(Number);
  for (let length = 9; length < 11; length++) {
    const sum = digits.reduce((total, digit, index) => total + digit * (length + 1 - index), 0);
    digits.push(((sum * 10) % 11) % 10);
  }
  return digits.join('');
}

/** Asks again until `done`, or fails after `limitMs` saying what was last seen. */
export async function until<T>(what: string, ask: () => Promise<T>, done: (value: T) => boolean, limitMs = 20_000): Promise<T> {
  const end = Date.now() + limitMs;
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 400)) {
    const value = await ask();
    if (done(value)) return value;
    if (Date.now() > end) throw new Error(`${what} did not happen in ${limitMs} ms; last seen: ${JSON.stringify(value)?.slice(0, 600)}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
