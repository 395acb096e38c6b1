import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerDriver, BrokerMessage } from '#platform/bridge/bridge.ts';
import type { Dice } from './dice.ts';

type Handle = (messages: readonly BrokerMessage[]) => Promise<void>;
type Member = { handle: Handle; isIn: boolean };
type Group = { topic: string; offsets: number[]; members: Member[]; generation: number };

export type BrokerFaults = {
  /** Nothing can be sent, and nothing is delivered. */
  isAway: boolean;
  /** So many sends are kept, as a whole or by half, and not acknowledged. */
  loseSendAcks: number;
  /** So many acknowledgements of consumers do not arrive: what they handled comes again. */
  loseConsumerAcks: number;
  /** Keys of a run change places; the messages of a key never do. */
  reorder: boolean;
};

const RUN = 25;
const LOOK_MS = 4;

/**
 * A broker in memory that does what brokers do: partitions by key, consumer groups that share them, rebalancing while a former owner still works, redelivery from
 * the last acknowledged place. And what they do on bad days, by `faults`.
 */
export class FakeBroker {
  readonly faults: BrokerFaults = { isAway: false, loseSendAcks: 0, loseConsumerAcks: 0, reorder: false };
  /** Messages delivered, each time counted. */
  delivered = 0;
  readonly #topics = new Map<string, BrokerMessage[][]>();
  readonly #groups = new Map<string, Group>();
  readonly #partitions: number;
  readonly #dice: Dice;

  constructor(partitions: number, dice: Dice) {
    this.#partitions = partitions;
    this.#dice = dice;
  }

  /** All messages of a topic, partition by partition, as they were kept. */
  kept(topic: string): BrokerMessage[][] {
    const partitions = this.#topics.get(topic) ?? Array.from({ length: this.#partitions }, () => []);
    this.#topics.set(topic, partitions);
    return partitions;
  }

  /** The broker as one process sees it. */
  connect(): BrokerDriver {
    const joined: { stop(): Promise<void> }[] = [];
    return {
      send: async (topic, messages) => this.#send(topic, messages),
      join: ({ topic, group, handle }) => {
        const member = this.#join(topic, group, handle);
        joined.push(member);
        return member;
      },
      async close() {
        await Promise.all(joined.map((member) => member.stop()));
      },
    };
  }

  #send(topic: string, messages: readonly BrokerMessage[]): void {
    if (this.faults.isAway) throw Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
    const isLost = this.faults.loseSendAcks > 0;
    if (isLost) this.faults.loseSendAcks--;
    const kept = isLost && this.#dice.roll() < 0.5 ? messages.slice(0, Math.ceil(messages.length / 2)) : messages;
    for (const message of kept) {
      const partition = createHash('sha256').update(message.key).digest().readUInt32BE() % this.#partitions;
      this.kept(topic)[partition]!.push(message);
    }
    if (isLost) throw new Error('no acknowledgement came');
  }

  #join(topic: string, name: string, handle: Handle): { stop(): Promise<void> } {
    const id = `${topic}/${name}`;
    const group: Group = this.#groups.get(id) ?? { topic, offsets: Array(this.#partitions).fill(0), members: [], generation: 0 };
    this.#groups.set(id, group);
    const member: Member = { handle, isIn: true };
    group.members.push(member);
    group.generation++;
    const ended = Promise.all(Array.from({ length: this.#partitions }, (_, nth) => this.#deliver(group, member, nth)));
    return {
      stop: async () => {
        member.isIn = false;
        group.members = group.members.filter((one) => one !== member);
        group.generation++;
        await ended;
      },
    };
  }

  /** Delivers one partition to a member while it is assigned there. */
  async #deliver(group: Group, member: Member, partition: number): Promise<void> {
    while (member.isIn) {
      const isOwner = group.members[partition % group.members.length] === member;
      const from = group.offsets[partition]!;
      const run = isOwner && !this.faults.isAway ? this.kept(group.topic)[partition]!.slice(from, from + RUN) : [];
      if (run.length === 0) {
        await sleep(LOOK_MS);
        continue;
      }
      const { generation } = group;
      this.delivered += run.length;
      try {
        await member.handle(this.faults.reorder ? this.#reordered(run) : run);
      } catch {
        await sleep(LOOK_MS);
        continue;
      }
      // Whoever lost the partition meanwhile acknowledges nothing.
      if (generation !== group.generation || this.faults.isAway) continue;
      if (this.faults.loseConsumerAcks > 0) this.faults.loseConsumerAcks--;
      else group.offsets[partition] = from + run.length;
    }
  }

  #reordered(run: readonly BrokerMessage[]): BrokerMessage[] {
    const byKey = Map.groupBy(run, (message) => message.key);
    const turns = run.map(({ key }) => ({ key, turn: this.#dice.roll() })).sort((a, b) => a.turn - b.turn);
    return turns.map(({ key }) => byKey.get(key)!.shift()!);
  }
}
