import { setTimeout as sleep } from 'node:timers/promises';

export type RetryOptions = {
  /** Of one try, in milliseconds. Default 10,000. */
  timeoutMs?: number;
  /** Tries in all. Default 4; 1 never repeats. */
  tries?: number;
  /** Pause before the second try, doubled before each further one. Default 200. */
  pauseMs?: number;
};

/** What an answer says that was not given: to ask again, later. */
const AGAIN = new Set([408, 425, 429, 502, 503, 504]);
const MAX_PAUSE_MS = 10_000;

/**
 * `fetch` with a time-out, repeated a bounded number of times when there was no answer or one that asks for it. Safe, because every request
 * that changes something carries what makes its repetition harmless: the ids of its commands, or an Idempotency-Key, the same in each try.
 */
export function retrying(fetchOnce: typeof fetch, options: RetryOptions = {}): (request: Request) => Promise<Response> {
  const { timeoutMs = 10_000, tries = 4, pauseMs = 200 } = options;
  return async (request) => {
    for (let attempt = 1; ; attempt++) {
      const isLast = attempt >= tries;
      const pause = Math.min(MAX_PAUSE_MS, pauseMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
      // A body can be read once, so each try sends a copy and the last one the request itself.
      const sent = isLast ? request : request.clone();
      try {
        const answer = await withTimeout(fetchOnce, sent, timeoutMs);
        if (isLast || !AGAIN.has(answer.status)) return answer;
        await answer.body?.cancel();
        await sleep(Math.max(pause, secondsOf(answer.headers.get('retry-after')) * 1_000), undefined, { signal: request.signal });
      } catch (error) {
        if (isLast || request.signal.aborted) throw error;
        await sleep(pause, undefined, { signal: request.signal });
      }
    }
  };
}

/** The time-out is for the answer to begin; how long its body takes is the reader's affair. */
async function withTimeout(fetchOnce: typeof fetch, request: Request, timeoutMs: number): Promise<Response> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new DOMException(`no answer within ${timeoutMs} ms`, 'TimeoutError')), timeoutMs);
  try {
    return await fetchOnce(request, { signal: AbortSignal.any([request.signal, late.signal]) });
  } finally {
    clearTimeout(timer);
  }
}

function secondsOf(retryAfter: string | null): number {
  const seconds = Number(retryAfter ?? 0);
  return Number.isFinite(seconds) ? Math.min(60, Math.max(0, seconds)) : 0;
}
