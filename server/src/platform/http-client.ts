import { BrokenCircuitError, circuitBreaker, handleAll, SamplingBreaker } from 'cockatiel';
import { Pool } from 'undici';

/**
 * What became of one request. `not-sent`: certainly nothing arrived, so that trying again is harmless. `unclear`: it was sent, or may have
 * been, and no answer says what became of it; `late` when that is because its time ran out.
 */
export type Sent =
  | { kind: 'answered'; status: number; headers: Record<string, string | string[] | undefined>; body: unknown }
  | { kind: 'not-sent'; cause: unknown }
  | { kind: 'unclear'; late: boolean; cause: unknown };

export type ToSend = { method: 'GET' | 'POST'; path: string; headers: Record<string, string>; body?: string };

export type HttpClientOptions = {
  url: string;
  /** Requests under way at once. */
  connections: number;
  /** Those that may wait for a connection; more are refused at once. */
  queue: number;
};

/** Faults after which nothing can have reached the other side. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
const BREAKER = { threshold: 0.6, duration: 10_000, minimumRps: 5 };
const HALF_OPEN_AFTER_MS = 1_000;
const CONNECT_TIMEOUT_MS = 3_000;
/** Another process that is being started anew needs a moment to listen. */
const RETRY_AFTER_MS = 50;

export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

class Failed extends Error {
  readonly outcome: Exclude<Sent, { kind: 'answered' }>;
  constructor(outcome: Exclude<Sent, { kind: 'answered' }>) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/**
 * Calls to one other server. The time of a call counts from the moment it is made: waiting in the queue, for a connection, for the first byte
 * and for the last. The queue has an end, a breaker keeps a dead server from being asked by everybody, and what was certainly not sent is
 * sent once more.
 */
export function createHttpClient(options: HttpClientOptions) {
  const pool = new Pool(options.url, { connections: options.connections, pipelining: 1, connectTimeout: CONNECT_TIMEOUT_MS });
  const breaker = circuitBreaker(handleAll, { halfOpenAfter: HALF_OPEN_AFTER_MS, breaker: new SamplingBreaker(BREAKER) });
  let open = 0;

  async function attempt(request: ToSend, signal: AbortSignal): Promise<Sent> {
    try {
      const answer = await pool.request({ ...request, signal });
      return { kind: 'answered', status: answer.statusCode, headers: answer.headers, body: await answer.body.json() };
    } catch (cause) {
      if (NEVER_SENT.has(String((cause as { code?: unknown }).code))) throw new Failed({ kind: 'not-sent', cause });
      throw new Failed({ kind: 'unclear', late: signal.aborted, cause });
    }
  }

  async function once(request: ToSend, signal: AbortSignal): Promise<Sent> {
    try {
      return await breaker.execute(() => attempt(request, signal));
    } catch (error) {
      if (error instanceof Failed) return error.outcome;
      if (error instanceof BrokenCircuitError) return { kind: 'not-sent', cause: error };
      throw error;
    }
  }

  return {
    /** Never rejects for what the other side or the way there does. */
    async send(request: ToSend, timeoutMs: number): Promise<Sent> {
      if (open >= options.connections + options.queue) return { kind: 'not-sent', cause: new QueueFullError('too many calls wait') };
      open += 1;
      const signal = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
      try {
        const first = await once(request, signal);
        if (first.kind !== 'not-sent' || first.cause instanceof BrokenCircuitError || signal.aborted) return first;
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
        return signal.aborted ? first : await once(request, signal);
      } finally {
        open -= 1;
      }
    },
    close: () => pool.close(),
  };
}

export type HttpClient = ReturnType<typeof createHttpClient>;
