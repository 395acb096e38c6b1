import { randomUUID } from 'node:crypto';
import createOpenapiClient, { type Client } from 'openapi-fetch';
import { rememberWritten } from './freshness.ts';
import type { paths } from './generated/api.ts';
import { readLines, streamOf } from './lines.ts';
import { LastroProblem, problemOf } from './problem.ts';
import { type RetryOptions, retrying } from './retry.ts';
import { clientCredentials, type TokenSource } from './token.ts';

export type { paths } from './generated/api.ts';
export { idOfReference } from './ids.ts';
export { readLines, streamOf } from './lines.ts';
export { LastroProblem } from './problem.ts';
export type { RetryOptions } from './retry.ts';

export type LastroOptions = RetryOptions & {
  /** Where people reach the server: `https://lastro.example`. */
  url: string;
  /** A service's own credentials, or an access token somebody else got. */
  credentials: { clientId: string; clientSecret: string } | { token: string };
  /** Asked for with the credentials. Default `ledger:read ledger:write`. */
  scopes?: readonly string[];
  /** For tests, or a dispatcher of one's own. */
  fetch?: typeof fetch;
};

export type Lastro = {
  /** Every route of /v1, typed: `api.GET('/v1/ledger/accounts/{id}', { params: { path: { id } } })`. See `must` for its answers. */
  api: Client<paths>;
  /** Every item of a list, page after page. */
  pages: typeof pages;
  /** Lines of an export as the server writes them, ending with its `end` line. Throws LastroProblem when it is refused. */
  exportLines(query?: ExportQuery, signal?: AbortSignal): AsyncGenerator<string>;
  /** Sends lines of commands (JSON or CSV) and gives the result of each as it is known, last the `end` line. Send the same lines again to go on. */
  importLines(lines: AsyncIterable<string> | Iterable<string>, format?: 'jsonl' | 'csv', signal?: AbortSignal): AsyncGenerator<ImportLine>;
};

export type ExportQuery = NonNullable<paths['/v1/ledger/export']['get']['parameters']['query']>;
/** One line of an import's answer: the outcome of a line that was sent, or the end. */
export type ImportLine = { line: number; outcome: string; id?: string; code?: string; detail?: string } | { end: ImportEnd };
export type ImportEnd = {
  lines: number;
  done: number;
  duplicates: number;
  rejected: number;
  malformed: number;
  error?: { code: string; detail: string };
};

const NO_TIMEOUT = { tries: 1 } as const;

/** A client of a Lastro server. Repeats what got no answer with the same ids, so nothing happens twice. */
export function createLastro(options: LastroOptions): Lastro {
  const url = options.url.replace(/\/$/, '');
  const fetchOnce = options.fetch ?? fetch;
  const remembering = rememberWritten();
  const send = remembering(retrying(fetchOnce, options));
  const sendOnce = remembering(retrying(fetchOnce, { ...options, ...NO_TIMEOUT }));
  const tokens = tokensOf(options, url, send);
  const authorised = (through: typeof send) => (request: Request) => withToken(tokens, through, request);
  const api = createOpenapiClient<paths>({ baseUrl: url, fetch: authorised(send) });

  return {
    api,
    pages,
    async *exportLines(query = {}, signal) {
      const answer = await authorised(send)(new Request(`${url}/v1/ledger/export?${searchOf(query)}`, { signal: signal ?? null }));
      if (!answer.ok) throw await problemOf(answer);
      yield* readLines(answer.body!);
    },
    async *importLines(lines, format = 'jsonl', signal) {
      const init = {
        method: 'POST',
        headers: { 'content-type': format === 'csv' ? 'text/csv' : 'application/x-ndjson' },
        body: streamOf(lines),
        duplex: 'half' as const,
        signal: signal ?? null,
      };
      // What is streamed cannot be sent a second time by us; whoever has the lines repeats them.
      const answer = await authorised(sendOnce)(new Request(`${url}/v1/ledger/import`, init));
      if (!answer.ok) throw await problemOf(answer);
      for await (const line of readLines(answer.body!)) yield JSON.parse(line) as ImportLine;
    },
  };
}

function tokensOf(
  { credentials, scopes = ['ledger:read', 'ledger:write'] }: LastroOptions,
  url: string,
  send: (request: Request) => Promise<Response>,
): TokenSource {
  if ('token' in credentials) return { take: async () => credentials.token, drop: () => undefined };
  return clientCredentials(url, { ...credentials, scopes }, send);
}

/** The request with a token, and once more with a new one when the server no longer takes it. */
async function withToken(tokens: TokenSource, send: (request: Request) => Promise<Response>, request: Request): Promise<Response> {
  // The same key in every try: a route that asks for one answers the repetition with the first answer.
  // The ledger's commands carry ids, which do the same.
  const wantsKey = request.method !== 'GET' && !new URL(request.url).pathname.startsWith('/v1/ledger/');
  if (wantsKey && !request.headers.has('idempotency-key')) request.headers.set('idempotency-key', randomUUID());
  const isStream = request.headers.get('content-type') === 'application/x-ndjson' || request.headers.get('content-type') === 'text/csv';
  const copy = isStream ? undefined : request.clone();
  const token = await tokens.take();
  request.headers.set('authorization', `Bearer ${token}`);
  const answer = await send(request);
  if (answer.status !== 401 || !copy) return answer;
  tokens.drop(token);
  const next = await tokens.take();
  if (next === token) return answer;
  await answer.body?.cancel();
  copy.headers.set('authorization', `Bearer ${next}`);
  return send(copy);
}

type Answered<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer. @throws LastroProblem when it was refused. */
export async function must<T>(answer: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (error !== undefined || !response.ok) throw new LastroProblem(response.status, error);
  return data as T;
}

/** Every item of a list, page after page: `pages((cursor) => must(api.GET(…)), (page) => page.transfers)`. */
export async function* pages<P extends { next: string | null }, T>(
  ask: (cursor: string | undefined) => Promise<P>,
  itemsOf: (page: P) => readonly T[],
): AsyncGenerator<T> {
  let cursor: string | undefined;
  do {
    const page = await ask(cursor);
    yield* itemsOf(page);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

function searchOf(query: Record<string, unknown>): string {
  return new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]])),
  ).toString();
}
