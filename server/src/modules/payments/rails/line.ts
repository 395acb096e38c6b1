import { BrokenCircuitError } from 'cockatiel';
import { createHttpClient, NoTurnError, QueueFullError, type Sent } from '#platform/http-client.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import { parseClean } from './texts.ts';

/**
 * What became of one request, still in words of HTTP; an adapter makes facts of it. `not-sent`: certainly nothing arrived, so that trying
 * again is harmless. `unclear`: it was sent, or may have been, and no answer says what became of it. The difference decides over money.
 */
export type Answer =
  /** A whole answer below 500 with JSON in it; texts in `body` are cleaned. `dateMs`: the other side's clock, in whole seconds, where it tells. */
  | { kind: 'answered'; status: number; body: unknown; retryAfterMs: number | null; dateMs?: number }
  | { kind: 'not-sent'; why: string; retryAfterMs?: number }
  | { kind: 'unclear'; why: string };

export type Method = 'GET' | 'POST' | 'PUT';
export type Ask = ((method: Method, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>) & {
  /** So much waits already that what is asked now would hardly get its turn in time. */
  isBusy(): boolean;
  close(): Promise<void>;
};

export type Line = {
  url: string;
  /** For all of a request: a connection, the first byte, the last. It begins with the request's turn. */
  timeoutMs: number;
  /** How long a request may wait for its turn; then it is `not-sent`. */
  queueMs: number;
  /** Requests under way at once, with a connection each: a group that hangs takes none from the others. */
  concurrency: number;
  /** Whether what was certainly not sent is tried once more at once; orders are tried again by their machine. No when absent. */
  retry?: boolean;
  tls?: { cert?: string; key?: string; ca?: string };
};

const BREAKER = { threshold: 0.5, duration: 10_000, minimumRps: 2 };
const HALF_OPEN_AFTER_MS = 2_000;
const MOST_WAITING = 2_000;
const LONGEST_CONNECT_MS = 2_000;
/** A provider that names a longer pause is asked again after this one. */
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Refusals of us rather than of a request, when they are not about one matter alone: then their Retry-After holds for all that goes the same way. */
const TURNED_AWAY = new Set([401, 403, 429]);

/**
 * One group of a provider's operations with its own connections, turns and breaker, so that a slow directory does not stop
 * confirmations. An order is never tried again here: whether that is safe is for its machine to know.
 */
export function createAsk({ url, timeoutMs, queueMs, concurrency, retry = false, tls }: Line): Ask {
  const client = createHttpClient({
    url,
    connections: concurrency,
    queue: MOST_WAITING,
    turnMs: queueMs,
    connectMs: Math.min(timeoutMs, LONGEST_CONNECT_MS),
    breaker: { ...BREAKER, halfOpenAfter: HALF_OPEN_AFTER_MS },
    // Only what says that the provider is unwell counts; a refusal, of whatever kind, is an answer.
    isIll: (status, body) => status >= 500 || (status < 400 && bodyOf(body) === undefined),
    retry,
    ...(tls ? { tls } : {}),
  });
  let pausedUntilMs = 0;
  /** What was turned away last, with nothing answered since. */
  let lastTurnedAway: string | null = null;
  let busyUntilMs = 0;

  /**
   * Two different matters turned away in a row are about us: nothing more goes out until the provider wants to hear from us again. One
   * matter that is turned away again and again holds up no other.
   */
  const heed = ({ status, retryAfterMs }: Extract<Answer, { kind: 'answered' }>, matter: string): void => {
    const isTurnedAway = TURNED_AWAY.has(status) && retryAfterMs !== null;
    if (isTurnedAway && lastTurnedAway !== null && lastTurnedAway !== matter) pausedUntilMs = performance.now() + retryAfterMs;
    lastTurnedAway = isTurnedAway ? matter : null;
  };

  const readSent = (sent: Sent): Answer => {
    if (sent.kind === 'answered') return readAnswered(sent);
    if (sent.kind === 'unclear') return { kind: 'unclear', why: whyOf(sent.cause) };
    if (sent.cause instanceof BrokenCircuitError) return { kind: 'not-sent', why: 'BREAKER_OPEN', retryAfterMs: HALF_OPEN_AFTER_MS };
    if (!(sent.cause instanceof NoTurnError || sent.cause instanceof QueueFullError)) return { kind: 'not-sent', why: whyOf(sent.cause) };
    busyUntilMs = performance.now() + queueMs;
    return { kind: 'not-sent', why: 'PROVIDER_BUSY', retryAfterMs: queueMs };
  };

  const ask = async (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const waitMs = pausedUntilMs - performance.now();
    if (waitMs > 0) return { kind: 'not-sent', why: 'PAUSED_BY_PROVIDER', retryAfterMs: Math.ceil(waitMs) };
    return withSpan(`provider ${method} ${operationOf(path)}`, {}, async (span) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const type: Record<string, string> = text === undefined ? {} : { 'content-type': 'application/json' };
      const toSend = { method, path, headers: { ...type, ...headers }, ...(text === undefined ? {} : { body: text }) };
      const answer = readSent(await client.send(toSend, timeoutMs));
      if (answer.kind === 'answered') heed(answer, `${method} ${path} ${text}`);
      span.setAttribute('lastro.answer', answer.kind);
      return answer;
    });
  };
  return Object.assign(ask, {
    isBusy: () => performance.now() < busyUntilMs && client.isFull(),
    close: () => client.destroy(),
  });
}

/** The path without what it names: ids and keys are nobody's business but the provider's. */
const operationOf = (path: string): string => path.split('?', 1)[0]!.split('/').slice(0, 3).join('/');

function readAnswered({ status, headers, body }: Extract<Sent, { kind: 'answered' }>): Answer {
  if (status >= 500) return { kind: 'unclear', why: `HTTP_${status}` };
  const parsed = bodyOf(body);
  if (parsed === undefined && status < 400) return { kind: 'unclear', why: 'NOT_JSON' };
  const dateMs = Date.parse(String(headers.date));
  return {
    kind: 'answered',
    status,
    body: parsed ?? null,
    retryAfterMs: retryAfterOf(headers['retry-after']),
    ...(Number.isNaN(dateMs) ? {} : { dateMs }),
  };
}

const parsedBodies = new WeakMap<Buffer, { value: unknown }>();
/** JSON with cleaned texts, read once; null of an empty body, undefined of what is no JSON. */
function bodyOf(body: Buffer): unknown {
  const known = parsedBodies.get(body);
  if (known) return known.value;
  const value = body.length === 0 ? null : parseClean(body.toString('utf8'));
  parsedBodies.set(body, { value });
  return value;
}

function whyOf(cause: unknown): string {
  const { code, name } = cause as { code?: unknown; name?: string };
  return String(typeof code === 'string' ? code : name);
}

/** Seconds, or a date (RFC 9110); null when there is none that can be read. */
function retryAfterOf(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (!text) return null;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), LONGEST_PAUSE_MS);
}
