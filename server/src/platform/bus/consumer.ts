import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/db.ts';
import { isOutage } from '../db/faults.ts';
import type { Logger } from '../log.ts';
import { type Loop, type Pause, type Stopping, startLoop } from '../loop.ts';
import type { LoggedEvent, Subscription } from './bus.ts';
import { describeError, handleRuns, MAX_ATTEMPTS } from './handling.ts';
import { createCursor, deadKeys, insertDeadLetter, lockCursor, moveCursor, orderKey, readCursor } from './inbox.ts';
import { readLog } from './log-reader.ts';
import { redriveLetters } from './redrive.ts';

export type ConsumerDeps = { db: Db; log: Logger; clock: Clock };

const DEFAULT_BATCH = 200;
/** Batches read in one go. */
const READ_AHEAD = 5;
/** The relay's notification wakes a group; polling is for the one that got lost. */
const IDLE: Pause = { ms: 1_000, restMs: 20 };
/** Another process works on the group: leave it to that one, and look again soon in case it died. */
const YIELDED: Pause = { ms: 700, deaf: true };

/** Part of the log to be applied in one transaction: the wanted events after `from`, up to and including `to`. */
type Batch = { from: bigint; to: bigint; events: LoggedEvent[] };

/** Starts a consumer group. Each batch's effect and the cursor are one transaction, under the cursor's row lock. */
export function startConsumer(deps: ConsumerDeps, subscription: Subscription): Loop {
  const { group, module } = subscription;
  const maxBatch = subscription.maxBatch ?? DEFAULT_BATCH;
  let created = false;
  let since: { position: bigint; recordedAt: string | undefined } | undefined;

  return startLoop(`group ${group}`, deps.log, async (stopping) => {
    const ahead = await deps.db.tx({ module, system: true }, async (tx) => {
      if (!created) await createCursor(tx, group);
      const cursor = await readCursor(tx, group);
      // What is known about times holds from where it was learned; a rewind goes before that.
      const known = since && since.position <= cursor.position ? since.recordedAt : undefined;
      const limit = maxBatch * READ_AHEAD;
      return { cursor, page: await readLog(tx, { after: cursor.position, types: subscription.types, limit, since: known }) };
    });
    created = true;
    const { cursor, page } = ahead;
    if (cursor.paused) return IDLE;
    if (cursor.redrive && !(await redriveLetters(deps, subscription, stopping))) return YIELDED;
    if (page.end === cursor.position) return IDLE;
    for (const batch of batchesOf(cursor.position, page.end, page.events, maxBatch)) {
      if (stopping.stopped) return IDLE;
      if (!(await applyStubbornly(deps, subscription, batch, stopping))) return YIELDED;
    }
    since = { position: page.end, recordedAt: page.recordedAt };
    return page.end < page.head ? { ms: 0 } : IDLE;
  });
}

function batchesOf(from: bigint, end: bigint, events: LoggedEvent[], size: number): Batch[] {
  const batches: Batch[] = [];
  for (let start = 0; start < events.length; start += size) {
    const slice = events.slice(start, start + size);
    batches.push({ from: batches.at(-1)?.to ?? from, to: slice.at(-1)!.position, events: slice });
  }
  const last = batches.at(-1);
  // Unwanted events behind the last wanted one are passed over with it; without any wanted, the cursor just moves.
  if (last) last.to = end;
  else batches.push({ from, to: end, events: [] });
  return batches;
}

/** Applies a batch, event by event if it fails as a whole. False when the group turned out to be in other hands, or paused. */
async function applyStubbornly(deps: ConsumerDeps, subscription: Subscription, batch: Batch, stopping: Stopping): Promise<boolean> {
  try {
    return await apply(deps, subscription, batch);
  } catch (error) {
    if (isOutage(error)) throw error;
    const { group } = subscription;
    deps.log.warn(
      { group, from: batch.from.toString(), events: batch.events.length, err: describeError(error) },
      'a batch failed: one by one',
    );
  }
  let from = batch.from;
  for (const [index, event] of batch.events.entries()) {
    const to = index === batch.events.length - 1 ? batch.to : event.position;
    if (!(await applySingle(deps, subscription, { from, to, events: [event] }, stopping))) return false;
    from = to;
  }
  return true;
}

async function applySingle(deps: ConsumerDeps, subscription: Subscription, batch: Batch, stopping: Stopping): Promise<boolean> {
  const [event] = batch.events as [LoggedEvent];
  for (let attempt = 1; !stopping.stopped; attempt++) {
    try {
      return await apply(deps, subscription, batch);
    } catch (error) {
      if (isOutage(error)) throw error;
      if (attempt >= MAX_ATTEMPTS) return bury(deps, subscription, batch, event, error);
      await stopping.sleep(backoffMs(attempt));
    }
  }
  return false;
}

/** One transaction: take the cursor, apply the events to their tenants, move the cursor. */
function apply(deps: ConsumerDeps, subscription: Subscription, batch: Batch): Promise<boolean> {
  const { group, module } = subscription;
  const tenants = [...new Set(batch.events.map((event) => event.tenantId))];
  return deps.db.tx({ module, tenants }, async (tx) => {
    const cursor = await lockCursor(tx, group);
    if (!cursor || cursor.paused || cursor.position !== batch.from) return false;
    const events = cursor.letters ? await parkBehindLetters(deps, tx, group, batch.events) : batch.events;
    await handleRuns(tx, subscription, events);
    await moveCursor(tx, group, batch.to);
    return true;
  });
}

/** Events whose key has dead letters wait behind them, since order is kept within a key; answers the others. */
async function parkBehindLetters(deps: ConsumerDeps, tx: Tx, group: string, events: LoggedEvent[]): Promise<LoggedEvent[]> {
  const dead = await deadKeys(tx, group, events);
  const [parked, free] = [events.filter((event) => dead.has(orderKey(event))), events.filter((event) => !dead.has(orderKey(event)))];
  for (const event of parked) {
    await insertDeadLetter(tx, group, event, { reason: 'parked', error: null, attempts: 0, nowMs: deps.clock.now() });
  }
  return free;
}

/** Gives an event up for now: into the dead letters, and on with the others. */
async function bury(deps: ConsumerDeps, subscription: Subscription, batch: Batch, event: LoggedEvent, fault: unknown): Promise<boolean> {
  const { group, module } = subscription;
  const error = describeError(fault);
  const buried = await deps.db.tx({ module, tenants: [event.tenantId] }, async (tx) => {
    const cursor = await lockCursor(tx, group);
    if (!cursor || cursor.paused || cursor.position !== batch.from) return false;
    await insertDeadLetter(tx, group, event, { reason: 'failed', error, attempts: MAX_ATTEMPTS, nowMs: deps.clock.now() });
    await moveCursor(tx, group, batch.to);
    return true;
  });
  const { id, type, position } = event;
  if (buried) deps.log.error({ group, eventId: id, type, position: position.toString(), err: error }, 'an event went to the dead letters');
  return buried;
}
