import type { Tx } from '#platform/db/db.ts';
import type { PlatformDeps } from '#platform/module.ts';
import { type AttemptState, countAttempt, type ThrottlePolicy } from './domain/throttle.ts';
import { refuse } from './errors.ts';
import { type AttemptKey, lockAttempts, saveAttempts } from './store/attempts.ts';

export type Counter = { key: AttemptKey; policy: ThrottlePolicy };

/**
 * Counts an attempt on each counter, before its outcome is known and in a transaction of its own, so that a failure is remembered whatever
 * comes after. Refused by one, it counts on none.
 *
 * @returns the states after it, in order. @throws IDENTITY_TOO_MANY_ATTEMPTS
 */
export async function admitAttempt(
  { db, clock }: Pick<PlatformDeps, 'db' | 'clock'>,
  counters: readonly Counter[],
): Promise<AttemptState[]> {
  const nowMs = clock.now();
  const tenants = [...new Set(counters.map(({ key }) => key.tenantId))];
  const outcome = await db.tx({ module: 'identity', tenants }, async (tx) => count(tx, counters, nowMs));
  if (typeof outcome === 'number') throw refuse('IDENTITY_TOO_MANY_ATTEMPTS', { retryAfterSeconds: outcome / 1000 });
  return outcome;
}

async function count(tx: Tx, counters: readonly Counter[], nowMs: number): Promise<AttemptState[] | number> {
  const states: AttemptState[] = [];
  for (const { key, policy } of counters) {
    const decision = countAttempt(await lockAttempts(tx, key), nowMs, policy);
    if (!decision.allowed) return decision.retryAfterMs;
    states.push(decision.state);
  }
  for (const [at, { key }] of counters.entries()) await saveAttempts(tx, key, states[at]!, nowMs);
  return states;
}
