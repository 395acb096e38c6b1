import type { LockDriver } from './lock.ts';

/** Locks of one process: for tests, and where there is only one. */
export function memoryDriver(): LockDriver {
  const held = new Map<string, { token: bigint; untilMs: number }>();
  let tokens = 0n;
  return {
    async take(name, leaseMs) {
      const now = performance.now();
      const holder = held.get(name);
      if (holder && holder.untilMs > now) return undefined;
      held.set(name, { token: ++tokens, untilMs: now + leaseMs });
      return tokens;
    },
    async renew(name, token, leaseMs) {
      const holder = held.get(name);
      if (holder?.token !== token) return false;
      holder.untilMs = performance.now() + leaseMs;
      return true;
    },
    async release(name, token) {
      if (held.get(name)?.token === token) held.delete(name);
    },
  };
}
