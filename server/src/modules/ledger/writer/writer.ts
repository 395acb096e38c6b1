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
import { attemptBatch, type Submission } from './attempt.ts';
import { TenantCache } from './cache.ts';
import { remedyFor } from './faults.ts';

export type WriterDeps = {
  db: Db;
  bus: Bus;
  clock: Clock;
  log: Logger;
  /** Seconds a batch took, with the number of its commands. */
  observe: (seconds: number, commands: number) => void;
  /** Accounts, and open holds, kept in memory a tenant. */
  cacheLimit: number;
};

const MAX_COMMANDS_A_BATCH = 2_000;
const MAX_WAITING = 50_000;
const MAX_TRIES = 8;
const MAX_LINKS = 32;
/** After an id turned out to be a repetition, so many batches look their ids up beforehand: repetitions come in swarms. */
const CAUTIOUS_BATCHES = 32;

/** A submission's outcomes, or the fault that kept them from being written. */
type Written = Outcome[] | Error;

/** Writes one tenant's commands, many at a time: while one batch commits the next gathers. Any number of processes may have one. */
export class TenantWriter {
  readonly #deps: WriterDeps;
  readonly #tenantId: string;
  readonly #cache: TenantCache;
  readonly #batcher: Batcher<Submission, Written>;
  #cautious = 0;

  constructor(deps: WriterDeps, tenantId: string) {
    this.#deps = deps;
    this.#tenantId = tenantId;
    this.#cache = new TenantCache(deps.cacheLimit);
    const overloaded = () => refuseLedger('LEDGER_OVERLOADED', { retryAfterSeconds: 1 });
    this.#batcher = createBatcher((items) => this.#writeAll(items), { maxBatch: 1_000, maxBacklog: MAX_WAITING, overloaded });
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

  async #writeAll(submissions: Submission[]): Promise<Written[]> {
    const results: Written[] = [];
    for (const batch of bySize(submissions)) results.push(...(await this.#writeBatch(batch)));
    return results;
  }

  async #writeBatch(batch: Submission[]): Promise<Written[]> {
    const now = this.#deps.clock.now();
    const late = (one: Submission) => one.deadlineMs !== undefined && one.deadlineMs <= now;
    const timely = batch.some(late) ? batch.filter((one) => !late(one)) : batch;
    const written = timely.length > 0 ? await this.#writeTimely(timely) : [];
    if (timely.length === batch.length) return written;
    const results = written[Symbol.iterator]();
    return batch.map((one) => (late(one) ? refusePlatform('PLATFORM_DEADLINE') : (results.next().value as Written)));
  }

  async #writeTimely(batch: Submission[]): Promise<Written[]> {
    try {
      return await this.#commit(batch);
    } catch (error) {
      // What one command breaks, the others must not pay for.
      if (batch.length > 1 && remedyFor(error) === 'give-up') {
        const results: Written[] = [];
        for (const one of batch) results.push(...(await this.#writeTimely([one])));
        return results;
      }
      const fault =
        remedyFor(error) === 'give-up' ? (error as Error) : refuseLedger('LEDGER_OUTCOME_UNKNOWN', { cause: error, retryAfterSeconds: 1 });
      return batch.map(() => fault);
    }
  }

  async #commit(batch: Submission[]): Promise<Outcome[][]> {
    const startedAt = performance.now();
    const commands = batch.reduce((sum, one) => sum + one.commands.length, 0);
    const links = batch.slice(0, MAX_LINKS).map((one) => one.origin.traceparent);
    const outcomes = await withSpan('ledger.batch', { links, attributes: { 'ledger.commands': commands } }, () => this.#tryBatch(batch));
    this.#deps.observe((performance.now() - startedAt) / 1000, commands);
    return outcomes;
  }

  async #tryBatch(batch: Submission[]): Promise<Outcome[][]> {
    const { db, bus, clock, log } = this.#deps;
    const scope = { module: 'ledger', tenants: [this.#tenantId] };
    for (let attempt = 1; ; attempt++) {
      const locked = attempt > 1 || !this.#cache.head;
      const lookUp = locked || this.#cautious > 0;
      try {
        const done = await db.tx(scope, (tx) => attemptBatch(tx, this.#tenantId, batch, this.#cache, { locked, lookUp }, clock.now(), bus));
        this.#cache.advance(done.head, done.loaded, done.decision.work);
        if (this.#cautious > 0) this.#cautious--;
        return done.decision.outcomes;
      } catch (error) {
        this.#cache.drop();
        const remedy = remedyFor(error);
        // On a stale cache even an invariant may seem broken; read under the lock, it is.
        if ((remedy === 'give-up' && locked) || attempt >= MAX_TRIES) throw error;
        if (remedy === 'reconnect') {
          log.warn({ err: (error as Error).message, attempt }, 'a ledger batch lost its connection, asking what became of it');
          await sleep(Math.min(1_000, 25 * 2 ** attempt) * (0.5 + Math.random() / 2));
        } else if ((error as { code?: string }).code === '23505') this.#cautious = CAUTIOUS_BATCHES;
      }
    }
  }
}

/** Cuts what waited into batches of bounded size; a submission stays in one piece. */
function* bySize(submissions: Submission[]): Generator<Submission[]> {
  let batch: Submission[] = [];
  let size = 0;
  for (const submission of submissions) {
    if (batch.length > 0 && size + submission.commands.length > MAX_COMMANDS_A_BATCH) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(submission);
    size += submission.commands.length;
  }
  if (batch.length > 0) yield batch;
}
