import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import { type Loop, startLoop } from '../loop.ts';

const MONTHS_AHEAD = 3;
const EVERY_MS = 6 * 3_600_000;

/**
 * Keeps monthly partitions of the log ready ahead of time. Should it not run for months, events go to the default partition and are
 * moved over the next time it does; delivery never depends on it.
 */
export function startJanitor(db: Db, log: Logger): Loop {
  return startLoop('bus janitor', log, async () => {
    const made = await createLogPartitions(db, MONTHS_AHEAD);
    if (made > 0) log.info({ made }, 'partitions of the log made');
    return { ms: EVERY_MS };
  });
}

/** Answers how many months had no partition yet. */
export async function createLogPartitions(db: Db, monthsAhead: number): Promise<number> {
  return db.tx({ module: 'bus', system: true }, async (tx) => {
    const [row] = await tx.query<{ made: number }>('select bus.create_log_partitions($1) as made', [monthsAhead]);
    return row!.made;
  });
}
