import { BrokenCircuitError, circuitBreaker, handleAll, SamplingBreaker } from 'cockatiel';
import { Pool } from 'undici';
import { currentTraceparent } from './telemetry/tracing.ts';

/**
 * What became of one request. `not-sent`: certainly nothing arrived, so that trying again is harmless. `unclear`: it was sent, or may have
 * been, and no answer says what became of it; `late` when that is because its time ran out.
 */
export type Sent =
  | { kind: 'answered'; status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }
  | { kind: 'not-sent'; cause: unknown }
  | { kind: 'unclear'; late: boolean; cause: unknown };

export type ToSend = { method: 'GET' | 'POST' | 'PUT' | 'DELETE'; path: string; headers: Record<string, string>; body?: string | Buffer };

export type HttpClientOptions = {
  url: string;
  /** Requests under way at once. */
  connections: number;
  /** Those that may wait for a connection; more are refused at once. */
  queue: number;
  /**
   * How long a call may wait for its turn, in milliseconds: then it is `not-sent`, and the time of one that got its turn counts from there.
   * Absent: waiting is part of the call's own time.
   */
  turnMs?: number;
  /** How long making a connection may take, in milliseconds: what did not connect was not sent. 3,000 when absent. */
  connectMs?: number;
  /** Most bytes of an answer; a longer one is `unclear`. 4 MiB when absent. */
  mostBytes?: number;
  /** Who we are to a server that wants to know it by certificate (PEM), and whose certificates we believe beside the well-known ones. */
  tls?: { cert?: string; key?: string; ca?: string };
  /** Whether an answer says that the other side is unwell, which counts for the breaker. Says no when absent. */
  isIll?: (status: number, body: Buffer) => boolean;
  /** When the breaker opens, and how long it stays so, in milliseconds. */
  breaker?: { threshold: number; duration: number; minimumRps: number; halfOpenAfter: number };
  /** Whether what was certainly not sent is sent once more. Yes when absent. */
  retry?: boolean;
};

/** Faults after which nothing can have reached the other side. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);
const BREAKER = { threshold: 0.6, duration: 10_000, minimumRps: 5, halfOpenAfter: 1_000 };
const MOST_BYTES = 4 * 1024 * 1024;
const CONNECT_MS = 3_000;
/** Another process that is being started anew needs a moment to listen. */
const RETRY_AFTER_MS = 50;

export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** It got no turn in time. */
export class NoTurnError extends Error {
  override readonly name = 'NoTurnError';
}

/** What the breaker counts: no answer, or one that says the other side is unwell. */
class Failed extends Error {
  readonly outcome: Sent;
  constructor(outcome: Sent) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/**
 * Calls to one other server: whoever of the server's own code asks another over HTTP, asks by this. It names the trace. The time of a call counts from the moment it is made: waiting in the queue, for a connection, for the first byte
 * and for the last. The queue has an end, a breaker keeps a dead server from being asked by everybody, and what was certainly not sent is
 * sent once more.
 */
export function createHttpClient(options: HttpClientOptions) {
  const { connections, queue, mostBytes = MOST_BYTES, isIll = () => false, retry = true } = options;
  const { halfOpenAfter, ...sampling } = options.breaker ?? BREAKER;
  const { connectMs = CONNECT_MS, tls, turnMs } = options;
  const turns = turnMs === undefined ? null : createTurns(connections, turnMs);
  const pool = new Pool(options.url, {
    connections,
    pipelining: 1,
    connectTimeout: connectMs,
    maxResponseSize: mostBytes,
    ...(tls ? { connect: tls } : {}),
  });
  const breaker = circuitBreaker(handleAll, { halfOpenAfter, breaker: new SamplingBreaker(sampling) });
  let open = 0;

  async function attempt(request: ToSend, signal: AbortSignal): Promise<Sent> {
    let sent: Sent;
    try {
      const answer = await pool.request({ ...request, signal });
      sent = { kind: 'answered', status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) };
    } catch (cause) {
      if (NEVER_SENT.has(String((cause as { code?: unknown }).code))) throw new Failed({ kind: 'not-sent', cause });
      throw new Failed({ kind: 'unclear', late: signal.aborted, cause });
    }
    if (isIll(sent.status, sent.body)) throw new Failed(sent);
    return sent;
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

  async function inItsTurn(toSend: ToSend, timeoutMs: number): Promise<Sent> {
    const traceparent = currentTraceparent();
    const request = traceparent ? { ...toSend, headers: { traceparent, ...toSend.headers } } : toSend;
    const signal = AbortSignal.timeout(Math.max(1, Math.ceil(timeoutMs)));
    const first = await once(request, signal);
    if (!retry || first.kind !== 'not-sent' || first.cause instanceof BrokenCircuitError || signal.aborted) return first;
    await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    return signal.aborted ? first : await once(request, signal);
  }

  return {
    /** Never rejects for what the other side or the way there does. */
    async send(toSend: ToSend, timeoutMs: number): Promise<Sent> {
      if (open >= connections + queue) return { kind: 'not-sent', cause: new QueueFullError('too many calls wait') };
      open += 1;
      try {
        if (turns && !(await turns.take())) return { kind: 'not-sent', cause: new NoTurnError('no turn came in time') };
        return await inItsTurn(toSend, timeoutMs).finally(() => turns?.giveBack());
      } finally {
        open -= 1;
      }
    },
    /** Whether as many requests are under way as may be. */
    isFull: () => open >= connections,
    close: () => pool.close(),
    /** Ends at once, with what is under way. */
    destroy: () => pool.destroy(),
  };
}

/** Places for so many at once; whoever waits longer than `waitMs` for one goes without. First come, first served. */
function createTurns(places: number, waitMs: number) {
  const line = new Set<() => void>();
  let free = places;
  return {
    async take(): Promise<boolean> {
      if (free > 0) {
        free -= 1;
        return true;
      }
      return new Promise((resolve) => {
        const go = () => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          line.delete(go);
          resolve(false);
        }, waitMs);
        line.add(go);
      });
    },
    giveBack(): void {
      const [next] = line;
      if (!next) {
        free += 1;
        return;
      }
      line.delete(next);
      next();
    },
  };
}

export type HttpClient = ReturnType<typeof createHttpClient>;
