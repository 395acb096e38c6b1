import { backoffMs } from '../backoff.ts';
import type { Db } from '../db/db.ts';
import { isOutage } from '../db/faults.ts';
import type { Logger } from '../log.ts';
import type { Stopping } from '../loop.ts';
import type { LoggedEvent, Subscription } from './bus.ts';
import { describeError, handleRuns, MAX_ATTEMPTS } from './handling.ts';
import { lettersToRedrive, lockCursor, returnLetters, takeLetter } from './inbox.ts';

const LETTERS_AT_ONCE = 100;

type Deps = { db: Db; log: Logger };

/**
 * Handles dead letters that an operator put back in line, in the order of the log. Effect and removal of the letter are one
 * transaction under the group's cursor, so it happens once and never beside newer events. False when the group is in other hands.
 */
export async function redriveLetters(deps: Deps, subscription: Subscription, stopping: Stopping): Promise<boolean> {
  for (;;) {
    const scope = { module: subscription.module, system: true as const };
    const letters = await deps.db.tx(scope, (tx) => lettersToRedrive(tx, subscription.group, LETTERS_AT_ONCE));
    if (letters.length === 0) return true;
    for (const event of letters) {
      if (stopping.stopped || !(await redriveOne(deps, subscription, event, stopping))) return false;
    }
  }
}

async function redriveOne(deps: Deps, subscription: Subscription, event: LoggedEvent, stopping: Stopping): Promise<boolean> {
  const { group, module } = subscription;
  const scope = { module, tenants: [event.tenantId] };
  for (let attempt = 1; !stopping.stopped; attempt++) {
    try {
      return await deps.db.tx(scope, async (tx) => {
        const cursor = await lockCursor(tx, group);
        if (!cursor || cursor.paused) return false;
        // Gone, or its key failed again since it was read: nothing to do.
        if (await takeLetter(tx, group, event.position)) await handleRuns(tx, subscription, [event]);
        return true;
      });
    } catch (error) {
      if (isOutage(error)) throw error;
      if (attempt < MAX_ATTEMPTS) {
        await stopping.sleep(backoffMs(attempt));
        continue;
      }
      const text = describeError(error);
      deps.log.error({ group, eventId: event.id, type: event.type, err: text }, 'a dead letter failed again');
      return deps.db.tx(scope, async (tx) => {
        if (!(await lockCursor(tx, group))) return false;
        await returnLetters(tx, group, event, text, attempt);
        return true;
      });
    }
  }
  return false;
}
