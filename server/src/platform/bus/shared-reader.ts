import type { Db } from '../db/db.ts';
import type { LoggedEvent } from './bus.ts';
import { type LogPage, type LogQuery, readLog } from './log-reader.ts';

/** Events kept of what was read last; a reader further behind reads for itself. */
const MOST_KEPT = 4_000;
const READ_AT_ONCE = 1_000;
/** Whoever polls wants to know what nobody told of. */
const FRESH_MS = 1_000;

const LOG = { module: 'bus', system: true } as const;
const ALL = '*';

/** The end of the log as this process knows it: all events of `types` behind `from`, up to `to`. */
type Window = { types: ReadonlySet<string>; from: bigint; to: bigint; head: bigint; since: string | undefined; events: LoggedEvent[] };

/**
 * Reads the log once for all groups and tails of a process: whoever is at the end is answered from what one of them has read, and of those that ask for more at the
 * same time one asks the database. Who is further behind (a new group, a replay, a type that is caught up) reads for itself.
 */
export class SharedReader {
  readonly #db: Db;
  /** How many want each type; what is read at the end of the log is read for all of them. */
  readonly #wanted = new Map<string, number>();
  #window: Window | undefined;
  #reading: Promise<void> | undefined;
  #noticed = 0n;
  /** When the last look at the end of the log began. */
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor(db: Db) {
    this.#db = db;
  }

  /** Says that somebody wants these types, until the answer is called. */
  want(types: readonly string[]): () => void {
    for (const type of types) this.#wanted.set(type, (this.#wanted.get(type) ?? 0) + 1);
    return () => {
      for (const type of types) {
        const left = this.#wanted.get(type)! - 1;
        if (left === 0) this.#wanted.delete(type);
        else this.#wanted.set(type, left);
      }
    };
  }

  /** Says up to where the log is known to go; without a position, that something may have been missed. */
  noticed(position?: bigint): void {
    if (position === undefined) this.#lookedAt = Number.NEGATIVE_INFINITY;
    else if (position > this.#noticed) this.#noticed = position;
  }

  /**
   * As `readLog`, in a transaction of its own: what the process was told of before the call is in the answer, or `end` says that there is more. A caller that was told of
   * nothing is answered from what was read within the last second.
   */
  async read(query: LogQuery): Promise<LogPage> {
    if (!this.#isCurrent()) await this.#reading?.catch(() => undefined);
    if (!this.#holds(query)) return this.#alone(query);
    const known = this.#pageOf(query);
    if (known.end < this.#window!.to || this.#isCurrent()) return known;
    this.#reading ??= this.#readOn();
    await this.#reading;
    return this.#holds(query) ? this.#pageOf(query) : this.#alone(query);
  }

  #isCurrent(): boolean {
    return this.#window !== undefined && this.#window.to >= this.#noticed && performance.now() - this.#lookedAt < FRESH_MS;
  }

  async #alone(query: LogQuery): Promise<LogPage> {
    const lookedAt = performance.now();
    const page = await this.#query(query);
    // At the end of the log, and nobody reads there for all: from here on this is done together.
    if (page.end === page.head && !this.#isEnough()) {
      const types = new Set(this.#wanted.keys());
      this.#window = { types, from: page.end, to: page.end, head: page.head, since: page.recordedAt, events: [] };
      this.#lookedAt = lookedAt;
    }
    return page;
  }

  #query(query: LogQuery): Promise<LogPage> {
    return this.#db.tx({ ...LOG, single: true }, (tx) => readLog(tx, query));
  }

  #holds({ after, types }: LogQuery): boolean {
    const known = this.#window;
    if (!known || after < known.from || after > known.to) return false;
    return known.types.has(ALL) || types.every((type) => known.types.has(type));
  }

  #pageOf({ after, types, limit, since }: LogQuery): LogPage {
    const known = this.#window!;
    const isWanted = types.includes(ALL) ? () => true : (event: LoggedEvent) => types.includes(event.type);
    const found: LoggedEvent[] = [];
    for (let nth = firstBehind(known.events, after); nth < known.events.length && found.length < limit; nth++) {
      if (isWanted(known.events[nth]!)) found.push(known.events[nth]!);
    }
    if (found.length < limit) return { events: found, end: known.to, head: known.head, recordedAt: known.since };
    return { events: found, end: found.at(-1)!.position, head: known.head, recordedAt: since };
  }

  async #readOn(): Promise<void> {
    const known = this.#window!;
    const lookedAt = performance.now();
    try {
      const { to: after, since } = known;
      const page = await this.#query({ after, types: [...known.types], limit: READ_AT_ONCE, ...(since === undefined ? {} : { since }) });
      const events = [...known.events, ...page.events];
      const gone = Math.max(0, events.length - MOST_KEPT);
      const from = gone > 0 ? events[gone - 1]!.position : known.from;
      // Somebody has come who wants more than is read here: the window begins anew.
      const isEnough = this.#isEnough();
      this.#window = isEnough
        ? { ...known, from, to: page.end, head: page.head, since: page.recordedAt, events: events.slice(gone) }
        : undefined;
      this.#lookedAt = lookedAt;
    } finally {
      this.#reading = undefined;
    }
  }

  #isEnough(): boolean {
    const types = this.#window?.types;
    return types !== undefined && (types.has(ALL) || [...this.#wanted.keys()].every((type) => types.has(type)));
  }
}

/** Index of the first event behind a position. */
function firstBehind(events: readonly LoggedEvent[], position: bigint): number {
  let [low, high] = [0, events.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (events[middle]!.position > position) high = middle;
    else low = middle + 1;
  }
  return low;
}
