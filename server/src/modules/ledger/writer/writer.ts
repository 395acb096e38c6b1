import { setTimeout as sleep } from 'node:timers/promises';
import { type Batcher, createBatcher } from '#platform/batcher.ts';
import type { Bus } from '#platform/bus/bus.ts';
import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import type { Logger } from '#platform/log.ts';
import { withSpan } from '#platform/telemetry/tracing.ts';
import type { Outcome } from '../domain/model.ts';
import { refuseLedger } from '../errors.ts';
import { type AttemptDeps, attemptBatch, type Basis, GroundLost, type Submission } from './attempt.ts';
import { TenantCache } from './cache.ts';
import { type Remedy, remedyFor } from './faults.ts';

export type WriterDeps = {
  db: Db;
  bus: Bus;
  clock: Clock;
  log: Logger;
  /** Seconds a batch took, with the number of its commands. */
  observe: (seconds: number, commands: number) => void;
  /** Accounts, and open holds, kept in memory a tenant. */
  cacheLimit: number;
  /** Commands from which on a batch is prepared while the one before is being committed. */
  overlapFrom: number;
  /** How far this process's clock may be ahead of the database's. */
  maxAheadMs: number;
  /** A batch was refused since this process's clock is ahead. */
  onClockAhead: () => void;
};

const MAX_COMMANDS_A_BATCH = 2_000;
/** Commands a tenant may have waiting: some tens of megabytes. */
const MAX_WAITING = 50_000;
const MAX_TRIES = 8;
/** How long a batch waits for whoever holds the tenant's head. A writer holds it for milliseconds; somebody stuck would keep callers until the statement time-out. */
const HEAD_LOCK_MS = 5_000;
const MAX_LINKS = 32;
/** After an id turned out to be a repetition, so many batches look their ids up beforehand: repetitions come in swarms. */
const CAUTIOUS_BATCHES = 32;

/** A submission's outcomes, or the fault that kept them from being written. */
type Written = Outcome[] | Error;

/** Kinds that need no other state than accounts and holds. The rest is rare, and waits for the batch before. */
const FOLLOWS_AT_ONCE = new Set(['transfer', 'hold', 'settle', 'release']);

/** A batch's time in the writer. */
type Turn = {
  /** Decided and not yet known to be committed, nor to have failed: what the next batch may be built on. */
  basis: Basis | undefined;
  /** All of it is answered, retries included. */
  ended: Promise<void>;
};

/**
 * Writes one tenant's commands, many at a time: while one batch commits the next gathers, and when there are many the next is also decided,
 * on what the one under way will leave. It is sent only once that one is committed, and decided anew when it was not. Any number of
 * processes may have a writer.
 */
export class TenantWriter {
  readonly #deps: WriterDeps;
  readonly #tenantId: string;
  readonly #cache: TenantCache;
  readonly #batcher: Batcher<Submission, Written>;
  #cautious = 0;
  #turn: Turn | undefined;

  constructor(deps: WriterDeps, tenantId: string) {
    this.#deps = deps;
    this.#tenantId = tenantId;
    this.#cache = new TenantCache(deps.cacheLimit);
    const overloaded = () => refuseLedger('LEDGER_OVERLOADED', { retryAfterSeconds: 1 });
    this.#batcher = createBatcher((items, next) => this.#takeTurn(items, next), {
      maxBatch: MAX_COMMANDS_A_BATCH,
      maxBacklog: MAX_WAITING,
      overloaded,
      weigh: (submission) => submission.commands.length,
      overlapFrom: deps.overlapFrom,
    });
  }

  /** Resolves after the commit, with one outcome a command. */
  async submit(submission: Submission): Promise<Outcome[]> {
    const written = await this.#batcher.submit(submission);
    if (written instanceof Error) throw written;
    return written;
  }

  drain(): Promise<void> {
    return this.#batcher.drain();
  }

  get backlog(): number {
    return this.#batcher.backlog;
  }

  /** Nothing waits and nothing is being written. Forgetting one that still commits would be harmless: the head fences its successor. */
  get isIdle(): boolean {
    return this.#turn === undefined && this.#batcher.backlog === 0;
  }

  /** Accounts and holds whose state this writer keeps in memory. */
  get kept(): number {
    return this.#cache.size;
  }

  async #takeTurn(submissions: Submission[], next: () => void): Promise<Written[]> {
    const before = this.#turn;
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const turn: Turn = { basis: undefined, ended };
    this.#turn = turn;
    try {
      return await this.#writeBatch(submissions, { own: turn, before, next });
    } finally {
      if (this.#turn === turn) this.#turn = undefined;
      turn.basis = undefined;
      end();
    }
  }

  async #writeBatch(batch: Submission[], place: Place): Promise<Written[]> {
    const now = this.#deps.clock.now();
    const late = (one: Submission) => one.deadlineMs !== undefined && one.deadlineMs <= now;
    const timely = batch.some(late) ? batch.filter((one) => !late(one)) : batch;
    const written = timely.length > 0 ? await this.#writeTimely(timely, place) : [];
    if (timely.length === batch.length) return written;
    const results = written[Symbol.iterator]();
    return batch.map((one) => (late(one) ? refusePlatform('PLATFORM_DEADLINE') : (results.next().value as Written)));
  }

  async #writeTimely(batch: Submission[], place: Place): Promise<Written[]> {
    try {
      return await this.#commit(batch, place);
    } catch (error) {
      const remedy = remedyFor(error);
      // What one command breaks, the others must not pay for. Nothing builds on them meanwhile, and whoever waits no longer is not written.
      if (batch.length > 1 && remedy === 'take-apart') {
        const alone: Place = { ...place, own: { ...place.own }, next: () => undefined };
        const results: Written[] = [];
        for (const one of batch) results.push(...(await this.#writeBatch([one], alone)));
        return results;
      }
      const fault = this.#faultOf(error, remedy);
      return batch.map(() => fault);
    }
  }

  #faultOf(error: unknown, remedy: Remedy): Error {
    if (remedy === 'take-apart') return error as Error;
    if (remedy !== 'stop') return refuseLedger('LEDGER_OUTCOME_UNKNOWN', { cause: error, retryAfterSeconds: 1 });
    this.#deps.log.error({ tenantId: this.#tenantId }, `this process's clock is ahead of the database's: the ledger writes nothing`);
    this.#deps.onClockAhead();
    return refuseLedger('LEDGER_CLOCK_AHEAD', { cause: error, retryAfterSeconds: 5 });
  }

  async #commit(batch: Submission[], place: Place): Promise<Outcome[][]> {
    const startedAt = performance.now();
    const commands = batch.reduce((sum, one) => sum + one.commands.length, 0);
    const links = batch.slice(0, MAX_LINKS).map((one) => one.origin.traceparent);
    const outcomes = await withSpan('ledger.batch', { links, attributes: { 'ledger.commands': commands } }, () =>
      this.#tryBatch(batch, place),
    );
    this.#deps.observe((performance.now() - startedAt) / 1000, commands);
    return outcomes;
  }

  async #tryBatch(batch: Submission[], place: Place): Promise<Outcome[][]> {
    let isLocked = false;
    for (let attempt = 1; ; attempt++) {
      const ahead = attempt === 1 && followsAtOnce(batch) ? place.before?.basis : undefined;
      if (!ahead) await place.before?.ended;
      isLocked ||= !ahead && !this.#cache.head;
      // The lock shows the head as it is now, and what is kept may be older.
      if (isLocked) this.#cache.drop();
      const basis = ahead ?? { head: isLocked ? undefined : this.#cache.head, view: this.#cache.view };
      try {
        return await this.#attempt(batch, basis, place);
      } catch (error) {
        if (error instanceof GroundLost) continue;
        await this.#recover(error, { isLocked, attempt });
        isLocked = true;
      }
    }
  }

  /** One attempt; while it is being written the next batch may build on it. */
  async #attempt(batch: Submission[], basis: Basis, { own, next }: Place): Promise<Outcome[][]> {
    const { db, bus, clock } = this.#deps;
    const { promise: isCommitted, resolve: settle } = Promise.withResolvers<boolean>();
    const onDecided: AttemptDeps['onDecided'] = (head, changes, loaded) => {
      own.basis = { head, view: this.#cache.under(changes, loaded), isCommitted };
      next();
    };
    const deps = { bus, nowMs: clock.now(), maxAheadMs: this.#deps.maxAheadMs, lookUp: !basis.head || this.#cautious > 0, onDecided };
    try {
      const scope = { module: 'ledger', tenants: [this.#tenantId], lockTimeoutMs: HEAD_LOCK_MS };
      const done = await db.tx(scope, (tx) => attemptBatch(tx, this.#tenantId, batch, basis, deps));
      this.#cache.advance(done.head, done.loaded, done.decision.work);
      if (this.#cautious > 0) this.#cautious--;
      settle(true);
      return done.decision.outcomes;
    } catch (error) {
      if (!(error instanceof GroundLost)) this.#cache.drop();
      own.basis = undefined;
      settle(false);
      throw error;
    }
  }

  /** Waits as the fault demands before the next attempt. Throws it when another would not help. */
  async #recover(error: unknown, { isLocked, attempt }: { isLocked: boolean; attempt: number }): Promise<void> {
    const remedy = remedyFor(error);
    // A database too slow for one attempt is not helped by another.
    if (remedy === 'wait' || remedy === 'stop' || attempt >= MAX_TRIES) throw error;
    // On a stale cache even an invariant may seem broken; read under the lock, it is.
    if (remedy === 'take-apart' && isLocked) throw error;
    if (remedy === 'reconnect') {
      this.#deps.log.warn({ err: (error as Error).message, attempt }, 'a ledger batch lost its connection, asking what became of it');
      await sleep(Math.min(1_000, 25 * 2 ** attempt) * (0.5 + Math.random() / 2));
    } else if ((error as { code?: string }).code === '23505') this.#cautious = CAUTIOUS_BATCHES;
  }
}

/** Where a batch stands among the others of its writer. */
type Place = {
  own: Turn;
  /** The batch before, if it was still under way when this one began. */
  before: Turn | undefined;
  /** Lets the next one begin. */
  next: () => void;
};

function followsAtOnce(batch: readonly Submission[]): boolean {
  return batch.every(({ commands }) => commands.every(({ kind }) => FOLLOWS_AT_ONCE.has(kind)));
}
