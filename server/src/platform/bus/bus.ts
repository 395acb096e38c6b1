import type { Actor } from '../context.ts';
import type { Tx } from '../db/db.ts';

/** What a module hands to its outbox: a CloudEvent before it has a position. */
export type NewEvent<T = unknown> = {
  /**
   * UUIDv7, or an id derived from the cause. It names the event to whoever takes it out of the log (a webhook, another broker); the bus itself does not
   * look for it: published twice, it is two events and is handled twice. Publish in the transaction that decides, and it is published once.
   */
  id: string;
  /** Name with version: `ledger.entry-posted.v1`. */
  type: string;
  tenantId: string;
  /** Events of one key keep their order. */
  key: string;
  /** The person or merchant the event is about; never a name or a document. */
  subjectId?: string | null;
  actor: Actor;
  /** ISO instant at which the fact happened. */
  time: string;
  /** W3C trace context; filled from the active span by `publish` when absent. */
  traceparent?: string | null;
  data: T;
};

/** An event as consumers see it. */
export type LoggedEvent<T = unknown> = NewEvent<T> & {
  /** Place in the log: gapless, in the order in which readers see events, kept through dump, restore and replay. */
  position: bigint;
  /** `/lastro/<module>` */
  source: string;
};

export type Subscription = {
  /** Consumer group, unique in the installation: `cashflow.daily-balance`. */
  group: string;
  /** The module whose schema holds cursor and effects; handlers run in transactions under its role. */
  module: string;
  /** Event types wanted; `*` for all. */
  types: readonly string[];
  /**
   * Where the group begins, or a type that is added to it later: with the whole history, or with what is published from then on. Named by type where
   * they differ; `beginning` for a type that is not named.
   */
  from: 'beginning' | 'now' | Readonly<Record<string, 'beginning' | 'now'>>;
  /**
   * Raised when what the group does with events changes, or when it wants other types without wanting all it did before; 1 when absent. While versions
   * live side by side the highest moves the cursor, among equals the one that wants more types.
   */
  version?: number;
  /**
   * Applies a run of events of one tenant, in order, in one transaction that also moves the cursor: the effect happens exactly once.
   * When it throws, the events are tried again one by one; what fails is put aside with those of its key that follow, and tried again beside the
   * line; the others go on. Where most fail, the group stands still instead. A database that is away is nobody's fault and is waited out.
   */
  handle(tx: Tx, events: readonly LoggedEvent[]): Promise<void>;
  /**
   * Lanes that share the group's keys, 1 to 64; 1 when absent. Each goes on by itself, in any process, so a slow key delays only its lane. The number may be
   * raised at any time; to lower it, raise `version`.
   */
  lanes?: number;
  /**
   * Under a stream of events a step begins no sooner than so many milliseconds after the one before, and takes all that came: for groups nobody waits for. What comes after a
   * silence is handled at once. Default 20.
   */
  gatherMs?: number;
  /** Events handled in one transaction at the most. Default 200. */
  maxBatch?: number;
};

export type GroupStatus = {
  /** Of a group with lanes, one of them: `<group>#<nth>/<count>`. */
  group: string;
  position: bigint;
  head: bigint;
  /** Events between position and head, wanted or not. */
  lag: bigint;
  /** When the first event past the position came into the log, in epoch milliseconds; null when there is none. */
  waitingSinceMs: number | null;
  /** Events put aside: those given up, those waiting for their next try, and those that wait behind one of them. */
  deadLetters: number;
  /** Of them, those that are still tried again by themselves. */
  retrying: number;
  /** Why the group stands still, when most of its events fail; null when it does not. */
  halted: string | null;
  paused: boolean;
};

/**
 * The log of what happened: the truth, and Postgres (`postgres.ts`). What others are to hear of it, or bring to it, goes over `platform/bridge`; work for one of many
 * is a queue's.
 */
export type EventLog = {
  /** Writes events into the outbox of the transaction's module; they are delivered if, and only if, it commits. */
  publish(tx: Tx, events: readonly NewEvent[]): Promise<void>;
  /** Starts a consumer group. Any number of processes may; one at a time works on it. */
  subscribe(subscription: Subscription): { stop(): Promise<void>; wake(): void };
  /** Follows the log from `after` (default: from now on), for live screens; no cursor is kept. `reached`: all up to there has been heard. */
  tail(
    options: { types: readonly string[]; after?: bigint; reached?: (position: bigint) => void },
    hear: (event: LoggedEvent) => void,
  ): { stop(): Promise<void> };
  /** Moves committed outbox rows of a module into the log until stopped. */
  startRelay(module: string): { stop(): Promise<void>; wake(): void };
  status(): Promise<GroupStatus[]>;
  /** Puts a group's dead letters back in line (all, or those of one key). Answers how many. */
  redrive(group: string, key?: string): Promise<number>;
  /** Moves a group's cursor to a position (0n replays the whole history). The caller empties its read model first. */
  rewind(group: string, position: bigint): Promise<void>;
  /** Holds a group still, or lets it go on; survives restarts. */
  pause(group: string, paused: boolean): Promise<void>;
  /** Position of the newest event. */
  head(): Promise<bigint>;
};

/** Words to every process that listens at this moment; nothing is kept. */
export type Broadcasts = {
  /** Tells every process something ephemeral (at most 7,000 bytes of JSON). Lost when nobody listens. */
  broadcast(channel: string, message: unknown): Promise<void>;
  /** @param onGap called whenever listening began (again): what was said before was not heard, so forget what rests on having heard it. */
  onBroadcast(channel: string, hear: (message: unknown) => void, onGap?: () => void): () => void;
};

/** What modules are handed. */
export type Bus = EventLog & Broadcasts & { close(): Promise<void> };
