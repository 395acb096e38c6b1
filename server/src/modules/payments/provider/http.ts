import { BrokenCircuitError, BulkheadRejectedError, bulkhead, circuitBreaker, handleAll, SamplingBreaker, wrap } from 'cockatiel';
import type { Pool } from 'undici';
import { currentTraceparent, withSpan } from '#platform/telemetry/tracing.ts';

/**
 * What became of one request. `not-sent`: certainly nothing arrived, so that trying again is harmless. `unclear`: it was sent, or may
 * have been, and no answer says what became of it. The difference decides over money.
 */
export type Answer =
  | { kind: 'ok'; status: number; body: unknown }
  | { kind: 'refused'; status: number; code: string }
  | { kind: 'not-sent'; why: string }
  | { kind: 'unclear'; why: string };

export type Ask = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<Answer>;

export type Endpoint = {
  pool: Pool;
  apiKey: string;
  timeoutMs: number;
  /** Requests under way at once, and those that may wait for their turn. */
  concurrency: number;
  queue: number;
};

/** Faults after which nothing can have reached the other side. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
const BREAKER = { threshold: 0.5, duration: 10_000, minimumRps: 2 };
const HALF_OPEN_AFTER_MS = 2_000;

/** A code goes into steps, reasons and logs: what does not look like one might be anything. */
const CODE = /^[A-Z][A-Z0-9_]{0,59}$/;

class Failed extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(answer.kind);
    this.answer = answer;
  }
}

/**
 * One group of the provider's operations behind its own bulkhead and breaker, so that a slow directory does not stop confirmations. It
 * never tries again by itself: whether that is safe is for the caller to know.
 */
export function createAsk(endpoint: Endpoint): Ask {
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: new SamplingBreaker(BREAKER) });
  const policy = wrap(bulkhead(endpoint.concurrency, endpoint.queue), breaker);
  return async (method, path, body) => {
    try {
      return await withSpan(`provider ${method} ${operationOf(path)}`, {}, async (span) => {
        const answer = await policy.execute(() => request(endpoint, method, path, body));
        span.setAttribute('lastro.answer', answer.kind);
        return answer;
      });
    } catch (error) {
      if (error instanceof Failed) return error.answer;
      if (error instanceof BrokenCircuitError) return { kind: 'not-sent', why: 'BREAKER_OPEN' };
      if (error instanceof BulkheadRejectedError) return { kind: 'not-sent', why: 'BULKHEAD_FULL' };
      throw error;
    }
  };
}

/** The path without what it names: ids and keys are nobody's business but the provider's. */
const operationOf = (path: string): string => path.split('?', 1)[0]!.split('/').slice(0, 3).join('/');

async function request(
  { pool, apiKey, timeoutMs }: Endpoint,
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body: unknown,
): Promise<Answer> {
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
    const text = await answer.body.text();
    if (answer.statusCode >= 500 || answer.statusCode === 429) throw new Failed({ kind: 'unclear', why: `HTTP_${answer.statusCode}` });
    const json = JSON.parse(text === '' ? 'null' : text) as { code?: unknown } | null;
    if (answer.statusCode < 300) return { kind: 'ok', status: answer.statusCode, body: json };
    return {
      kind: 'refused',
      status: answer.statusCode,
      code: typeof json?.code === 'string' && CODE.test(json.code) ? json.code : 'UNNAMED',
    };
  } catch (error) {
    if (error instanceof Failed) throw error;
    const code = (error as { code?: string }).code ?? (error as Error).name;
    throw new Failed(
      typeof code === 'string' && NEVER_SENT.has(code) ? { kind: 'not-sent', why: code } : { kind: 'unclear', why: String(code) },
    );
  }
}
