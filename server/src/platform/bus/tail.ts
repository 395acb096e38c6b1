import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import { type Loop, startLoop } from '../loop.ts';
import type { LoggedEvent } from './bus.ts';
import type { SharedReader } from './shared-reader.ts';

const MAX_EVENTS = 500;
/** The relay's notification wakes a tail, and so does a gap in hearing them: polling is for what nobody thought of. */
const IDLE_MS = 20_000;

export type TailOptions = { types: readonly string[]; after?: bigint; reached?: (position: bigint) => void };

/**
 * Follows the log without a cursor. Each event is heard once, in order; what happened before a restart is the caller's to ask for
 * again by `after`. One tail reads for many screens: a process wants one, not one a browser. `hear` must not throw.
 */
export function startTail(
  deps: { db: Db; log: Logger; reader: SharedReader },
  options: TailOptions,
  hear: (event: LoggedEvent) => void,
): Loop {
  const { db, log, reader } = deps;
  let after = options.after;
  let since: string | undefined;
  return startLoop('tail', log, async (stopping) => {
    after ??= await db.tx({ module: 'bus', system: true, single: true }, readHead);
    const page = await reader.read({ after, types: options.types, limit: MAX_EVENTS, ...(since === undefined ? {} : { since }) });
    for (const event of page.events) {
      if (stopping.stopped) return { ms: 0 };
      // Before the call: an event that cannot be shown must not be shown for ever.
      after = event.position;
      try {
        hear(event);
      } catch (error) {
        log.error({ err: (error as Error).message, type: event.type, eventId: event.id }, 'a listener of the log threw');
      }
    }
    after = page.end;
    since = page.recordedAt;
    options.reached?.(page.end);
    return { ms: page.end < page.head ? 0 : IDLE_MS };
  });
}

/** Position of the newest event. Needs the bus's own or a module's system role. */
export async function readHead(tx: { query<R>(sql: string): Promise<R[]> }): Promise<bigint> {
  const [row] = await tx.query<{ position: bigint }>('select position from bus.head');
  return row!.position;
}
