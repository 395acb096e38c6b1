import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import { type Loop, startLoop } from './loop.ts';

/** Rows moved in one transaction. Larger ones make other modules' relays wait; smaller ones pay for more commits. */
const MAX_ROWS = 2_000;
/** Polling is for commits of other processes; those of this one wake the relay. */
const MIN_POLL_MS = 100;
const MAX_POLL_MS = 500;
/** Another process is moving a batch at this moment; what was committed after it looked is still there for us. */
const BUSY_MS = 10;

/**
 * Moves a module's committed outbox rows into the log until stopped. Any number of processes may relay the same module: they take
 * turns batch by batch, so none needs to be elected and none is missed when it dies.
 */
export function startRelay(db: Db, log: Logger, module: string): Loop {
  let pollMs = MIN_POLL_MS;
  return startLoop(`relay ${module}`, log, async () => {
    const moved = await relayOnce(db, module, MAX_ROWS);
    if (moved === MAX_ROWS) return { ms: 0 };
    if (moved < 0) return { ms: BUSY_MS };
    pollMs = moved > 0 ? MIN_POLL_MS : Math.min(pollMs * 1.5, MAX_POLL_MS);
    return { ms: pollMs };
  });
}

/** One batch; answers how many events it moved, or -1 when another process was at it. */
export async function relayOnce(db: Db, module: string, maxRows: number): Promise<number> {
  return db.tx({ module, system: true }, async (tx) => {
    const [row] = await tx.query<{ moved: number }>('select bus.relay($1, $2) as moved', [module, maxRows]);
    return row!.moved;
  });
}
