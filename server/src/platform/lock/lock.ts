/** A lock that is held. */
export type Held = {
  /** Grows with every holder of the name. Hand it to what the lock protects, and have it refuse a smaller one than it has seen. */
  token: bigint;
  /** Aborts when the lock is lost, or may be: no renewal came through for as long as the lease lasts. Stop then. */
  signal: AbortSignal;
  /** Gives the lock back; when it was lost, nothing happens. */
  release(): Promise<void>;
};

/**
 * Lets one process at a time do something, anywhere in the installation. A lease keeps it while its holder lives and renews; a holder that dies is followed when
 * the lease has run out. A holder that only slept believes for a moment longer that it holds: what must never happen twice looks at the token.
 */
export type Locks = {
  /** Undefined when another holds the name. Names begin with that of the module, and have at most 200 characters. */
  tryAcquire(name: string, leaseMs: number): Promise<Held | undefined>;
  /** Waits for the name, works and gives it back. Undefined when it could not be had within `waitMs`. What the work throws is thrown. */
  withLock<T>(name: string, times: { leaseMs: number; waitMs: number }, work: (held: Held) => Promise<T>): Promise<{ done: T } | undefined>;
};

/** Where locks are kept. All drivers pass `contract-test.ts`. */
export type LockDriver = {
  /** A token larger than any before of this name, or undefined while another holds it. */
  take(name: string, leaseMs: number): Promise<bigint | undefined>;
  /** False when another has taken it since. */
  renew(name: string, token: bigint, leaseMs: number): Promise<boolean>;
  release(name: string, token: bigint): Promise<void>;
};
