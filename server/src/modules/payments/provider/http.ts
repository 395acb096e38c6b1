import { BrokenCircuitError, BulkheadRejectedError, bulkhead, circuitBreaker, handleAll, SamplingBreaker, wrap } from 'cockatiel';
import { Pool } from 'undici';
import { currentTraceparent, withSpan } from '#platform/telemetry/tracing.ts';
import { parseClean } from './texts.ts';

/**
 * What became of one request, still in words of HTTP; an adapter makes facts of it. `not-sent`: certainly nothing arrived, so that trying
 * again is harmless. `unclear`: it was sent, or may have been, and no answer says what became of it. The difference decides over money.
 */
export type Answer =
  /** A whole answer below 500 with JSON in it; texts in `body` are cleaned. */
  | { kind: 'answered'; status: number; body: unknown; retryAfterMs: number | null }
  | { kind: 'not-sent'; why: string; retryAfterMs?: number }
  | { kind: 'unclear'; why: string };

export type Ask = ((method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<Answer>) & {
  /** So much waits already that what is asked now would hardly get its turn in time. */
  isBusy(): boolean;
  close(): Promise<void>;
};

export type Endpoint = {
  url: string;
  apiKey: string;
  /** For all of a request: a connection, the first byte, the last. It begins with the request's turn. */
  timeoutMs: number;
  /** How long a request may wait for its turn; then it is `not-sent`. */
  queueMs: number;
  /** Requests under way at once, with a connection each: a group that hangs takes none from the others. */
  concurrency: number;
};

/** Faults after which nothing can have reached the other side. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
const BREAKER = { threshold: 0.5, duration: 10_000, minimumRps: 2 };
const HALF_OPEN_AFTER_MS = 2_000;
const MOST_WAITING = 2_000;
/** A provider that names a longer pause is asked again after this one. */
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Refusals of us rather than of a request, when they are not about one matter alone: then their Retry-After holds for all that goes the same way. */
const TURNED_AWAY = new Set([401, 403, 429]);
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

class Failed extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(answer.kind);
    this.answer = answer;
  }
}
class TooLate extends Error {}

/**
 * One group of the provider's operations behind its own connections, bulkhead and breaker, so that a slow directory does not stop
 * confirmations. It never tries again by itself: whether that is safe is for the caller to know.
 */
export function createAsk(endpoint: Endpoint): Ask {
  const { concurrency, queueMs } = endpoint;
  const pool = new Pool(endpoint.url, {
    connections: concurrency,
    pipelining: 1,
    connectTimeout: Math.min(endpoint.timeoutMs, 2_000),
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: new SamplingBreaker(BREAKER) });
  const turns = bulkhead(concurrency, MOST_WAITING);
  const policy = wrap(turns, breaker);
  let pausedUntilMs = 0;
  /** What was turned away last, with nothing answered since. */
  let lastTurnedAway: string | null = null;
  let busyUntilMs = 0;

  /** The request when it is its turn, or `TooLate` after `queueMs`: then it never begins. */
  const inTurn = (work: () => Promise<Answer>): Promise<Answer> => {
    let state: 'waits' | 'begun' | 'late' = 'waits';
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        if (state === 'begun') return;
        state = 'late';
        reject(new TooLate());
      }, queueMs);
    });
    const answer = policy.execute(() => {
      if (state === 'late') throw new Failed({ kind: 'not-sent', why: 'PROVIDER_BUSY' });
      state = 'begun';
      return work();
    });
    answer.catch(() => undefined);
    return Promise.race([answer, late]).finally(() => clearTimeout(timer));
  };

  /**
   * Two different matters turned away in a row are about us: nothing more goes out until the provider wants to hear from us again. One
   * matter that is turned away again and again holds up no other.
   */
  const heed = ({ status, retryAfterMs }: Extract<Answer, { kind: 'answered' }>, matter: string): void => {
    const isTurnedAway = TURNED_AWAY.has(status) && retryAfterMs !== null;
    if (isTurnedAway && lastTurnedAway !== null && lastTurnedAway !== matter) pausedUntilMs = performance.now() + retryAfterMs;
    lastTurnedAway = isTurnedAway ? matter : null;
  };

  const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<Answer> => {
    const waitMs = pausedUntilMs - performance.now();
    if (waitMs > 0) return { kind: 'not-sent', why: 'PAUSED_BY_PROVIDER', retryAfterMs: Math.ceil(waitMs) };
    try {
      return await withSpan(`provider ${method} ${operationOf(path)}`, {}, async (span) => {
        const answer = await inTurn(() => request(pool, endpoint, { method, path, body }));
        if (answer.kind === 'answered') heed(answer, `${method} ${path} ${JSON.stringify(body)}`);
        span.setAttribute('lastro.answer', answer.kind);
        return answer;
      });
    } catch (error) {
      if (error instanceof Failed) return error.answer;
      if (error instanceof BrokenCircuitError) return { kind: 'not-sent', why: 'BREAKER_OPEN', retryAfterMs: HALF_OPEN_AFTER_MS };
      if (error instanceof TooLate || error instanceof BulkheadRejectedError) {
        busyUntilMs = performance.now() + queueMs;
        return { kind: 'not-sent', why: 'PROVIDER_BUSY', retryAfterMs: queueMs };
      }
      throw error;
    }
  };
  return Object.assign(ask, {
    isBusy: () => performance.now() < busyUntilMs && turns.executionSlots === 0,
    close: () => pool.destroy(),
  });
}

/** The path without what it names: ids and keys are nobody's business but the provider's. */
const operationOf = (path: string): string => path.split('?', 1)[0]!.split('/').slice(0, 3).join('/');

type Request = { method: 'GET' | 'POST' | 'PUT'; path: string; body: unknown };

async function request(pool: Pool, { apiKey, timeoutMs }: Endpoint, { method, path, body }: Request): Promise<Answer> {
  const traceparent = currentTraceparent();
  try {
    const answer = await pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(traceparent ? { traceparent } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // One limit for all of it: waiting for a connection, for the first byte and for the last.
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { statusCode: status } = answer;
    const text = await answer.body.text();
    // Only what says that the provider is unwell counts for the breaker; a refusal, of whatever kind, is an answer.
    if (status >= 500) throw new Failed({ kind: 'unclear', why: `HTTP_${status}` });
    const parsed = parseClean(text === '' ? 'null' : text);
    if (parsed === undefined && status < 400) throw new Failed({ kind: 'unclear', why: 'NOT_JSON' });
    return { kind: 'answered', status, body: parsed ?? null, retryAfterMs: retryAfterOf(answer.headers['retry-after']) };
  } catch (error) {
    if (error instanceof Failed) throw error;
    const code = (error as { code?: string }).code ?? (error as Error).name;
    throw new Failed(
      typeof code === 'string' && NEVER_SENT.has(code) ? { kind: 'not-sent', why: code } : { kind: 'unclear', why: String(code) },
    );
  }
}

/** Seconds, or a date (RFC 9110); null when there is none that can be read. */
function retryAfterOf(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (!text) return null;
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(0, ms), LONGEST_PAUSE_MS);
}
