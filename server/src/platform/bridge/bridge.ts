import type { LoggedEvent } from '../bus/bus.ts';
import type { Tx } from '../db/db.ts';

/** A message as a broker keeps it. */
export type BrokerMessage = {
  /** Position in the log, in decimal digits: the id of the event on this bridge, the same however often it is sent. */
  id: string;
  /** Messages of one key go to one partition and keep their order. */
  key: string;
  /** A CloudEvent, JSON. */
  body: string;
};

/**
 * A broker with partitions by key and consumer groups, as little of it as a bridge needs: Kafka, JetStream, Kinesis, Redis streams. Everything arrives at
 * least once; drivers promise no more. All of them pass `contract-test.ts`.
 */
export type BrokerDriver = {
  /** Sends messages in their order. Resolves when the broker has all of them for good; rejects when it has not, or nobody knows. */
  send(topic: string, messages: readonly BrokerMessage[]): Promise<void>;
  /**
   * Joins a consumer group, which shares the partitions among its members. `handle` is given runs of one partition, one run at a time, each key in its order;
   * what it rejects, and what was not acknowledged, comes again, here or at another member.
   */
  join(options: { topic: string; group: string; handle(messages: readonly BrokerMessage[]): Promise<void> }): { stop(): Promise<void> };
  close(): Promise<void>;
};

/** Carries events from the log to a topic. */
export type Outward = {
  /** Names the way in the installation: its cursor, and the lock under which one process at a time goes it. */
  name: string;
  topic: string;
  /** Event types; `*` for all. */
  types: readonly string[];
  /** Where the way begins the first time. */
  from: 'beginning' | 'now';
};

/** Brings events of a topic to a module. */
export type Inward = {
  /** Consumer group at the broker, and in the module's marks. */
  group: string;
  topic: string;
  /** The module whose schema has the marks (`bridge.module_tables()`) and the effects. */
  module: string;
  /**
   * Applies events of one tenant, each for the first time, a key in its order, in the transaction that also notes that they were: the effect happens once. When it
   * throws, nothing of it stays and the broker delivers again. Where single events may be beyond handling, publish them to the module's own outbox here, and let a
   * group of the log handle them, which puts aside what fails.
   */
  handle(tx: Tx, events: readonly LoggedEvent[]): Promise<void>;
};

export type Bridge = {
  /** Any number of processes may; one at a time carries. At least once, in the log's order. */
  carryOut(outward: Outward): { stop(): Promise<void> };
  /** Any number of processes may; the broker shares the partitions among them. */
  bringIn(inward: Inward): { stop(): Promise<void> };
  /** Position up to which a way has carried everything, or null before its first time. */
  carriedUpTo(name: string): Promise<bigint | null>;
};
