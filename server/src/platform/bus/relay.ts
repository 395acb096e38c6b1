import type { Db } from '../db/db.ts';
import type { Logger } from '../log.ts';
import { type Loop, startLoop } from '../loop.ts';

/** Events moved in one transaction, give or take an outbox row. More make other modules' relays wait; fewer pay for more commits. */
const MAX_EVENTS = 2_000;
/** Whoever publishes wakes the relay of its own process; polling is for what a process left that was killed before it could relay. */
const MIN_POLL_MS = 100;
const MAX_POLL_MS = 10_000;
/** Another process is moving a batch at this moment; what was committed after it looked is still there for us. */
const BUSY_MS = 10;
/** A step moves one event at nearly the price of fifty. */
const REST_MS = 20;
/** How often numbers passed long ago are looked at again, for transactions that were open that long. */
const SWEEP_MS = 5_000;
/** A sweep may take this part of the relay's time, however many dead rows it has to look at. */
const SWEEP_SHARE = 20;

type Batch = { moved: number; lastSeq: bigint | null };

/**
 * Moves a module's committed outbox rows into the log until stopped. Any number of processes may relay the same module: they take
 * turns batch by batch, so none needs to be elected and none is missed when it dies.
 *
 * Rows are normally looked for above a floor, the last number moved some seconds ago: below it lie only deleted rows, which Postgres
 * cannot take away while a long snapshot (a dump, a forgotten session) is open, and which every batch would have to step over. What
 * commits below the floor all the same is found by the sweep.
 */
export function startRelay(db: Db, log: Logger, module: string, sweepMs = SWEEP_MS): Loop {
  let pollMs = MIN_POLL_MS;
  let floor = 0n;
  let mark = 0n;
  let last = 0n;
  let nextMark = performance.now() + sweepMs;
  let nextSweep = nextMark;

  const sweep = async (): Promise<void> => {
    const start = performance.now();
    let swept: Batch;
    do swept = await relayOnce(db, module, MAX_EVENTS, { upto: floor });
    while (swept.moved >= MAX_EVENTS);
    const end = performance.now();
    // Somebody else was at it: this was no look at all.
    if (swept.moved >= 0) nextSweep = end + Math.max(sweepMs, (end - start) * SWEEP_SHARE);
  };

  return startLoop(`relay ${module}`, log, async () => {
    const now = performance.now();
    if (floor > 0n && now >= nextSweep) await sweep();
    if (now >= nextMark) {
      [floor, mark] = [mark, last];
      nextMark = now + sweepMs;
    }
    const { moved, lastSeq } = await relayOnce(db, module, MAX_EVENTS, { after: floor });
    if (lastSeq !== null && lastSeq > last) last = lastSeq;
    if (moved >= MAX_EVENTS) return { ms: 0 };
    if (moved < 0) return { ms: BUSY_MS };
    pollMs = moved > 0 ? MIN_POLL_MS : Math.min(pollMs * 2, MAX_POLL_MS);
    return { ms: pollMs, restMs: REST_MS };
  });
}

/** One batch; answers how many events it moved (-1: another process was at it), and the number of the last row of the outbox. */
export async function relayOnce(db: Db, module: string, maxEvents: number, range: { after?: bigint; upto?: bigint } = {}): Promise<Batch> {
  return db.tx({ module, system: true, single: 'writes' }, async (tx) => {
    const [row] = await tx.query<Batch>(
      `select moved, last_seq as "lastSeq" from bus.relay($1, $2, coalesce($3, 0), coalesce($4, ${2n ** 63n - 1n}))`,
      [module, maxEvents, range.after ?? null, range.upto ?? null],
    );
    return row!;
  });
}
