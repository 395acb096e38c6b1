import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import type { Db, Tx } from '../db/db.ts';
import { isOutage } from '../db/faults.ts';
import type { Logger } from '../log.ts';
import { type Loop, type Pause, startLoop } from '../loop.ts';
import type { LoggedEvent, Subscription } from './bus.ts';
import { describeError, handleRuns } from './handling.ts';
import { takeTurn } from './in-charge.ts';
import { deadKeys, haltCursor, type Letter, lockCursor, moveCursor, orderKey, readCursor } from './inbox.ts';
import { isDueIn, type Lane, nameOf } from './lanes.ts';
import type { LogPage } from './log-reader.ts';
import { startRetries } from './retries.ts';
import type { SharedReader } from './shared-reader.ts';
import { canHandle, MostlyFailed, type Patience, parked, putAside, retrying, siftEvents, TRIES_IN_LINE } from './sift.ts';
import { advance, type CursorRow, type Line, nextLine, stampOf } from './standing.ts';

export type ConsumerDeps = {
  db: Db;
  /** Reads the log for all groups of this process. */
  reader: SharedReader;
  log: Logger;
  clock: Clock;
  /** Pauses between the tries of an event put aside; tests shorten them. */
  retryDelaysMs?: readonly number[];
  /** How long a newer subscription may give no sign of life before an older one takes the group. */
  takeOverMs?: number;
};

const DEFAULT_BATCH = 200;
/** Batches read in one go. */
const READ_AHEAD = 5;
/** The relay's notification wakes a group, and so does a gap in hearing them: polling is for what nobody thought of. */
const IDLE_MS = 20_000;
const DEFAULT_GATHER_MS = 20;
/** So long a group that is in our hands is taken to stand where we left it, before its row is read again. */
const TRUSTED_MS = 1_000;
/** Another process works on the group: leave it to that one, and look again soon in case it died. */
const YIELDED: Pause = { ms: 700, deaf: true };
/** A halted group tries again by itself, and sooner when there is something new. */
const HALTED = { baseMs: 500, mostMs: 30_000, restMs: 300 };
/** While a tenant's events fail in numbers all of them go beside the line. */
const ILL_MS = 30_000;
/** How far a halted group looks for an event of a tenant that has not failed. */
const WITNESS_EVENTS = 1_000;

/** Part of a line to be applied in one transaction: the events due, and the row before and after. */
type Batch = { line: Line; before: CursorRow; after: CursorRow; events: LoggedEvent[] };

/** Starts a consumer group. Each batch's effect and the cursor are one transaction, under the cursor's row lock. */
export function startConsumer(deps: ConsumerDeps, wanted: Subscription, lane: Lane): Loop {
  const subscription = { ...wanted, group: nameOf(lane) };
  const retries = startRetries(deps, subscription);
  const consumer = new Consumer(deps, subscription, lane, retries);
  const loop = startLoop(`group ${subscription.group}`, deps.log, (stopping) => consumer.step(stopping));
  return {
    wake: () => loop.wake(),
    stop: async () => void (await Promise.all([loop.stop(), retries.stop()])),
  };
}

class Consumer {
  readonly #deps: ConsumerDeps;
  readonly #subscription: Subscription;
  readonly #lane: Lane;
  readonly #retries: Loop;
  readonly #idle: Pause;
  readonly #ill = new Map<string, number>();
  #since: { position: bigint; recordedAt: string | undefined } | undefined;
  #halts = 0;
  /** Where we left the cursor, and until when that is taken to be so: applying a batch compares it under the row's lock. */
  #left: { cursor: CursorRow; untilMs: number } | undefined;

  constructor(deps: ConsumerDeps, subscription: Subscription, lane: Lane, retries: Loop) {
    this.#deps = deps;
    this.#subscription = subscription;
    this.#lane = lane;
    this.#retries = retries;
    this.#idle = { ms: IDLE_MS, restMs: subscription.gatherMs ?? DEFAULT_GATHER_MS };
  }

  async step(stopping: { stopped: boolean }): Promise<Pause> {
    const left = this.#left;
    this.#left = undefined;
    if (left && performance.now() < left.untilMs) {
      const pause = await this.#goOn(left.cursor, left.untilMs, stopping);
      if (pause !== 'nothing' && pause !== 'yielded') return pause;
    }
    const { group, module } = this.#subscription;
    const cursor = await this.#deps.db.tx({ module, system: true, single: true }, (tx) => readCursor(tx, group));
    const turn = await takeTurn(this.#deps, this.#subscription, cursor, this.#lane);
    if (turn !== 'mine') return turn;
    if (cursor?.retry) this.#retries.wake();
    if (!cursor || cursor.paused) return this.#idle;
    const pause = await this.#goOn(cursor, performance.now() + TRUSTED_MS, stopping);
    if (pause === 'yielded') return YIELDED;
    return pause === 'nothing' ? this.#idle : pause;
  }

  /** Handles what there is behind a cursor. `nothing`: there is none; `yielded`: it is not where it was taken to be. */
  async #goOn(cursor: CursorRow, untilMs: number, stopping: { stopped: boolean }): Promise<Pause | 'nothing' | 'yielded'> {
    const { types, maxBatch = DEFAULT_BATCH } = this.#subscription;
    const line = nextLine(cursor, this.#subscription);
    const page = await this.#read(line, maxBatch * READ_AHEAD);
    if (page.end === line.from) return 'nothing';
    const due = page.events.filter((event) => isDueIn(this.#lane, cursor, line, event));
    let after = cursor;
    for (const batch of batchesOf(cursor, line, { end: page.end, events: due }, maxBatch)) {
      if (stopping.stopped) return this.#idle;
      const outcome = await this.#applyStubbornly(batch);
      if (outcome === 'yielded') return 'yielded';
      if (outcome === 'halted') {
        const ms = backoffMs(++this.#halts, HALTED.baseMs, HALTED.mostMs);
        return { ms, restMs: HALTED.restMs };
      }
      this.#halts = 0;
      after = batch.after;
    }
    this.#left = { cursor: after, untilMs };
    if (!line.isCatchUp && types.length > 0) this.#since = { position: page.end, recordedAt: page.recordedAt };
    return page.end < page.head ? { ms: 0 } : this.#idle;
  }

  /** The events of a line. What is known about times holds from where it was learned; a rewind, or a type that lags, goes before that. */
  async #read(line: Line, limit: number): Promise<LogPage> {
    const since = this.#since && this.#since.position <= line.from ? this.#since.recordedAt : undefined;
    const query = { after: line.from, types: line.types, limit, ...(since === undefined ? {} : { since }) };
    const page = await this.#deps.reader.read(query);
    return line.upTo !== null && page.end > line.upTo ? { ...page, end: line.upTo } : page;
  }

  /** Applies a batch as a whole; if that fails, event by event. */
  async #applyStubbornly(batch: Batch): Promise<'done' | 'yielded' | 'halted'> {
    const { group } = this.#subscription;
    try {
      return (await this.#apply(batch, (tx, events) => handleRuns(tx, this.#subscription, events))) ? 'done' : 'yielded';
    } catch (error) {
      if (isOutage(error)) throw error;
      const about = { group, from: batch.line.from.toString(), events: batch.events.length, err: describeError(error) };
      this.#deps.log.warn(about, 'a batch failed: one by one');
    }
    let failed = await this.#siftUnless(batch, 'little');
    if (!(failed instanceof MostlyFailed)) return failed;
    if (await this.#isTheirsAlone(batch, failed.tenants)) {
      for (const tenant of failed.tenants) this.#ill.set(tenant, performance.now() + ILL_MS);
      return this.#sift(batch, 'all');
    }
    failed = await this.#siftUnless(batch, 'some');
    return failed instanceof MostlyFailed ? this.#halt(batch, failed.sample) : failed;
  }

  async #siftUnless(batch: Batch, patience: Patience): Promise<'done' | 'yielded' | MostlyFailed> {
    try {
      return await this.#sift(batch, patience);
    } catch (error) {
      if (error instanceof MostlyFailed) return error;
      throw error;
    }
  }

  /** One by one in one transaction; should that fail as a whole (a constraint that is checked at the end), each in one of its own. */
  async #sift(batch: Batch, patience: Patience): Promise<'done' | 'yielded'> {
    let letters: Letter[] = [];
    try {
      const sift = async (tx: Tx, events: readonly LoggedEvent[]) => {
        letters = await siftEvents(this.#deps, tx, this.#subscription, events, patience);
      };
      if (!(await this.#apply(batch, sift))) return 'yielded';
      this.#tell(letters);
      return 'done';
    } catch (error) {
      if (isOutage(error) || error instanceof MostlyFailed) throw error;
    }
    let before = batch.before;
    for (const [index, event] of batch.events.entries()) {
      const isLast = index === batch.events.length - 1;
      const one = { ...batch, before, after: isLast ? batch.after : advance(before, batch.line, event.position), events: [event] };
      if (!(await this.#applyOne(one, event))) return 'yielded';
      before = one.after;
    }
    return 'done';
  }

  async #applyOne(batch: Batch, event: LoggedEvent): Promise<boolean> {
    try {
      return await this.#apply(batch, (tx, events) => handleRuns(tx, this.#subscription, events));
    } catch (error) {
      if (isOutage(error)) throw error;
      const letters = [retrying(this.#deps, event, describeError(error), TRIES_IN_LINE)];
      const isDone = await this.#apply(batch, (tx) => putAside(this.#deps, tx, this.#subscription.group, letters));
      if (isDone) this.#tell(letters);
      return isDone;
    }
  }

  /** One transaction: take the cursor, handle the events, move the cursor. False when the group is in other hands, paused, or was moved. */
  #apply(batch: Batch, handle: (tx: Tx, events: readonly LoggedEvent[]) => Promise<void>): Promise<boolean> {
    const { group, module } = this.#subscription;
    const tenants = [...new Set(batch.events.map((event) => event.tenantId))];
    return this.#deps.db.tx({ module, tenants }, async (tx) => {
      const cursor = await lockCursor(tx, group);
      // Somebody may have moved it, or taken the group with another subscription, since it was read.
      if (!cursor || cursor.paused || !isSame(cursor, batch.before)) return false;
      const events = await this.#putBeside(tx, batch.events, cursor.letters);
      if (events.length > 0) await handle(tx, events);
      moveCursor(tx, group, batch.after);
      return true;
    });
  }

  /** Events that wait behind others of their key, and those of tenants that are ill, go beside the line; answers the rest. */
  async #putBeside(tx: Tx, events: LoggedEvent[], hasLetters: boolean): Promise<LoggedEvent[]> {
    const { group } = this.#subscription;
    const behind = hasLetters ? await deadKeys(tx, group, events) : new Set<string>();
    const now = performance.now();
    const rest: LoggedEvent[] = [];
    const letters: Letter[] = [];
    for (const event of events) {
      const key = orderKey(event);
      if (behind.has(key)) letters.push(parked(event));
      else if ((this.#ill.get(event.tenantId) ?? 0) > now) {
        behind.add(key);
        letters.push({ ...parked(event), reason: 'retrying', retryAtMs: this.#deps.clock.now() });
      } else rest.push(event);
    }
    if (letters.length > 0) {
      await putAside(this.#deps, tx, group, letters);
      tx.afterCommit(() => this.#retries.wake());
    }
    return rest;
  }

  /** Most of a batch failed. When an event of somebody else can be handled the fault is with these tenants, and the others need not wait. */
  async #isTheirsAlone(batch: Batch, tenants: ReadonlySet<string>): Promise<boolean> {
    const page = await this.#read(batch.line, WITNESS_EVENTS);
    const witness = page.events.find((event) => isDueIn(this.#lane, batch.before, batch.line, event) && !tenants.has(event.tenantId));
    return witness !== undefined && canHandle(this.#deps.db, this.#subscription, witness);
  }

  async #halt({ line }: Batch, err: string): Promise<'halted'> {
    const { group, module } = this.#subscription;
    this.#deps.log.error({ group, from: line.from.toString(), err }, 'a consumer group stands still: most of its events fail');
    await this.#deps.db.tx({ module, system: true }, async (tx) => {
      if (await lockCursor(tx, group)) await haltCursor(tx, group, err);
    });
    return 'halted';
  }

  #tell(letters: readonly Letter[]): void {
    const { group } = this.#subscription;
    for (const { event, reason, error } of letters) {
      if (reason !== 'retrying') continue;
      const about = { group, eventId: event.id, type: event.type, position: event.position.toString(), err: error };
      this.#deps.log.warn(about, 'an event failed and is tried again beside the line');
    }
    if (letters.length > 0) this.#retries.wake();
  }
}

function isSame(a: CursorRow, b: CursorRow): boolean {
  return a.holderVersion === b.holderVersion && String(a.holderTypes) === String(b.holderTypes) && stampOf(a) === stampOf(b);
}

function batchesOf(row: CursorRow, line: Line, page: { end: bigint; events: LoggedEvent[] }, size: number): Batch[] {
  const batches: Batch[] = [];
  let before = row;
  const push = (events: LoggedEvent[], to: bigint): void => {
    const after = advance(before, line, to);
    batches.push({ line, before, after, events });
    before = after;
  };
  for (let start = 0; start < page.events.length; start += size) {
    const events = page.events.slice(start, start + size);
    // Unwanted events behind the last wanted one are passed over with it.
    push(events, start + size >= page.events.length ? page.end : events.at(-1)!.position);
  }
  // Without any wanted, the cursor just moves.
  if (batches.length === 0) push([], page.end);
  return batches;
}
