import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import type { Pause } from '../loop.ts';
import type { Subscription } from './bus.ts';
import { type Cursor, challengeCursor, lockCursor, moveCursor } from './inbox.ts';
import { type Lane, lanesOf, openLanes } from './lanes.ts';
import { standingOf, takeOver, versionOf } from './standing.ts';
import { readHead } from './tail.ts';

/** A newer subscription that lives answers a challenge at its next look, seconds later. */
const TAKE_OVER_MS = 30_000;
const WAIT: Pause = { ms: 1_000, deaf: true };
const AGAIN: Pause = { ms: 0 };

type Deps = { db: Db; log: Logger; takeOverMs?: number };

/**
 * Sees to it that the group is moved by the newest subscription alive: makes the cursor, takes it over, or leaves it alone and asks for a sign of
 * life. `mine` when this one may go on.
 */
export async function takeTurn(deps: Deps, subscription: Subscription, cursor: Cursor | undefined, lane: Lane): Promise<'mine' | Pause> {
  const { group, module } = subscription;
  const takeOverMs = deps.takeOverMs ?? TAKE_OVER_MS;
  const scope = { module, system: true } as const;
  if (!cursor) {
    const lanes = lanesOf({ ...subscription, group: lane.group, lanes: lane.of });
    const opening = await deps.db.tx(scope, async (tx) => openLanes(tx, lanes, subscription, { head: await readHead(tx), takeOverMs }));
    if (opening === 'stale') {
      const about = { group: lane.group, version: versionOf(subscription), lanes: lane.of, types: subscription.types };
      deps.log.warn(about, 'nothing is left of the lanes that a group had: an older subscription takes it');
    }
    return opening === 'waits' ? WAIT : AGAIN;
  }
  const standing = standingOf(cursor, subscription);
  if (standing === 'holds') {
    if (cursor.challengedMs !== null) await deps.db.tx(scope, (tx) => challengeCursor(tx, group, false));
    return 'mine';
  }
  return deps.db.tx(scope, async (tx) => {
    const locked = await lockCursor(tx, group);
    if (!locked) return standing === 'takes' ? { ms: 20 } : WAIT;
    if (standingOf(locked, subscription) === 'yields') {
      if ((locked.challengedMs ?? 0) < takeOverMs) {
        if (locked.challengedMs === null) await challengeCursor(tx, group, true);
        return WAIT;
      }
      deps.log.warn(
        { group, version: versionOf(subscription), newer: locked.holderVersion, types: subscription.types },
        'nothing of a newer version is left: an older one takes the group; what it does not know waits for the newer one',
      );
    }
    moveCursor(tx, group, takeOver(locked, subscription, await readHead(tx)));
    return AGAIN;
  });
}
