import type { Clock } from '../clock.ts';
import type { Db } from '../db/db.ts';
import { isOutage } from '../db/faults.ts';
import type { Logger } from '../log.ts';
import { type Loop, startLoop } from '../loop.ts';
import type { Subscription } from './bus.ts';
import { describeError, handleRuns } from './handling.ts';
import { dueLetters, nextRetryMs, type PutAside, returnLetter, shareCursor, takeLetter } from './inbox.ts';

const LETTERS_AT_ONCE = 100;
/** The consumer wakes this loop; looking by itself is for what another process put aside before it died. */
const IDLE_MS = 30_000;
const LEAST_MS = 50;
/** Pauses between the tries of an event put aside: a deployment or a restart is waited out, about two hours in all. */
export const RETRY_DELAYS_MS: readonly number[] = [1_000, 5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];

export type RetryDeps = { db: Db; log: Logger; clock: Clock; retryDelaysMs?: readonly number[] };

/** When an event that failed so many times is tried again; null when it is given up. */
export function retryAtMs({ clock, retryDelaysMs = RETRY_DELAYS_MS }: RetryDeps, triesBeside: number): number | null {
  const delay = retryDelaysMs[triesBeside];
  return delay === undefined ? null : clock.now() + delay;
}

/**
 * Tries events again that were put aside, beside the line: those whose time has come, and those an operator put back in line. Effect and removal of
 * the letter are one transaction, so it happens once, whichever process does it; within a key the order is kept.
 */
export function startRetries(deps: RetryDeps, subscription: Subscription): Loop {
  const { group, module } = subscription;
  const scope = { module, system: true } as const;
  return startLoop(`retries of ${group}`, deps.log, async (stopping) => {
    const letters = await deps.db.tx(scope, (tx) => dueLetters(tx, group, LETTERS_AT_ONCE));
    let done = 0;
    for (const letter of letters) {
      if (stopping.stopped) return { ms: 0 };
      if (await retryOne(deps, subscription, letter)) done++;
    }
    if (done > 0) return { ms: 0 };
    const nextMs = await deps.db.tx({ ...scope, single: true }, (tx) => nextRetryMs(tx, group));
    return { ms: Math.min(IDLE_MS, Math.max(nextMs ?? IDLE_MS, letters.length > 0 ? 1_000 : LEAST_MS)) };
  });
}

/** False when there was nothing to do: the group is paused, or another process has it. */
async function retryOne(deps: RetryDeps, subscription: Subscription, { event, attempts, redrive }: PutAside): Promise<boolean> {
  const { group, module } = subscription;
  const scope = { module, tenants: [event.tenantId] };
  try {
    return await deps.db.tx(scope, async (tx) => {
      if (!(await shareCursor(tx, group)) || !(await takeLetter(tx, group, event))) return false;
      await handleRuns(tx, subscription, [event]);
      return true;
    });
  } catch (error) {
    if (isOutage(error)) throw error;
    const text = describeError(error);
    // The first two tries were in the line. What an operator put back is his to put back again.
    const nextMs = redrive ? null : retryAtMs(deps, Math.max(0, attempts - 1));
    const about = { group, eventId: event.id, type: event.type, position: event.position.toString(), err: text };
    if (nextMs === null) deps.log.error(about, 'an event went to the dead letters');
    await deps.db.tx(scope, async (tx) => {
      if (await shareCursor(tx, group)) await returnLetter(tx, group, event, text, nextMs);
    });
    return true;
  }
}
