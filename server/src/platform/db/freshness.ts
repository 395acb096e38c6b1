import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * What a request's caller has written: no replica may show them less. The HTTP edge opens it for each request, ends it with the position of the
 * primary once the answer to a command is known, and tells that in `Lastro-Seen`; from there it comes with the next request.
 */
export type Seen = {
  /** Position in the primary's write-ahead log, in bytes; 0n when the caller is not known to have written. It only grows. */
  position: bigint;
  /** The request only shows: its reads may be a moment old. What decides something is never asked of a replica. */
  readonly mayLag: boolean;
};

/** Where the log ends nobody could say: beyond all replicas. */
export const UNKNOWN_POSITION = 2n ** 63n;
/** Position of the caller's last write, as hexadecimal digits: what comes in an answer is sent back with the next request. */
export const SEEN_HEADER = 'lastro-seen';
/** Between processes: `1` when the call is part of a request that only shows. */
export const LAG_HEADER = 'lastro-may-lag';

const requests = new AsyncLocalStorage<Seen>();

export function withSeen<T>(seen: Seen, work: () => T): T {
  return requests.run(seen, work);
}

/** Of the request that the code at hand works for; undefined in work that nobody asked for. */
export function currentSeen(): Seen | undefined {
  return requests.getStore();
}

export function raiseSeen(seen: Seen, position: bigint): void {
  if (position > seen.position) seen.position = position;
}

/** 0n for what is no position. A position nobody wrote leads to the primary, which is right, too. */
export function readSeen(text: unknown): bigint {
  return typeof text === 'string' && /^[0-9a-f]{1,16}$/.test(text) ? BigInt(`0x${text}`) : 0n;
}

export function writeSeen(position: bigint): string {
  return position.toString(16);
}
