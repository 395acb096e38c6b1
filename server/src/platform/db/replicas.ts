import pg from 'pg';
import type { Logger } from '../log.ts';
import { type Loop, startLoop } from '../loop.ts';
import type { Seen } from './freshness.ts';
import { createPool, KEEP_ALIVE, type SharedPool } from './pool.ts';

/** How often positions are looked at: a replica serves a caller's own write at the latest so long after it has it. */
const LOOK_MS = 200;
/** Whoever does not say their position in this time is out. */
const ANSWER_MS = 1_000;
const POSITION = `(case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0') else pg_current_wal_insert_lsn() end - '0/0'::pg_lsn)::text`;

export type ReplicasOptions = {
  primaryUrl: string;
  urls: readonly string[];
  /** A replica further behind than this serves nobody. */
  mostLagMs: number;
  config: Parameters<typeof createPool>[0];
  log: Logger;
};

export type Replicas = {
  /**
   * A replica that has all the request's caller wrote and is not too far behind; undefined when there is none. The same for all reads of a request: none
   * shows less than the one before.
   */
  pick(seen: Seen): Replica | undefined;
  /** A position of the primary that has all committed before this call. */
  position(): Promise<bigint>;
  /** How far each is behind: milliseconds by what the primary had written, Infinity when it is out. By `host:port`. */
  lags(): [name: string, ms: number][];
  close(): Promise<void>;
};

export type Replica = { readonly name: string; readonly pool: SharedPool; drop(fault: Error): void };

/**
 * Copies of the primary that answer reads. Lag is measured in the log and not by clocks: a replica is as far behind as the time since the primary
 * had the position which the replica has now.
 */
export function createReplicas(options: ReplicasOptions): Replicas {
  const { urls, mostLagMs, config, log } = options;
  const primary = new Position(options.primaryUrl, config);
  const history = new History(mostLagMs);
  const replicas = urls.map((url) => new Follower(url, config, log));
  const chosen = new WeakMap<Seen, Follower>();
  let turn = 0;
  const loop: Loop = startLoop('replicas', log, async () => {
    await Promise.all([
      primary.ask().then(
        (position) => history.note(position, performance.now()),
        () => undefined,
      ),
      ...replicas.map((replica) => replica.look()),
    ]);
    return { ms: LOOK_MS };
  });

  return {
    pick(seen) {
      const before = chosen.get(seen);
      if (before) return before.replayed === undefined ? undefined : before;
      const now = performance.now();
      for (let tried = 0; tried < replicas.length; tried++) {
        const replica = replicas[turn++ % replicas.length]!;
        if (replica.replayed !== undefined && replica.replayed >= seen.position && history.lagOf(replica.replayed, now) <= mostLagMs) {
          chosen.set(seen, replica);
          return replica;
        }
      }
      return undefined;
    },
    position: () => primary.ask(),
    lags: () =>
      replicas.map(({ name, replayed }) => [name, replayed === undefined ? Infinity : history.lagOf(replayed, performance.now())]),
    async close() {
      await loop.stop();
      await Promise.all([primary.close(), ...replicas.map((replica) => replica.close())]);
    },
  };
}

/** What the primary had written, and since when; as far back as anybody may lag. */
export class History {
  readonly #keepMs: number;
  #looks: { position: bigint; at: number }[] = [];

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  note(position: bigint, at: number): void {
    const last = this.#looks.at(-1);
    if (last && position < last.position) this.#looks = [];
    // Standing still is told once: since when the primary has had it.
    if (last?.position !== position) this.#looks.push({ position, at });
    while (this.#looks.length > 1 && this.#looks[1]!.at < at - this.#keepMs) this.#looks.shift();
  }

  /** Milliseconds since the primary went beyond this position; 0 when it has not, Infinity when that was before anybody looked. */
  lagOf(position: bigint, now: number): number {
    const beyond = this.#looks.find((look) => look.position > position);
    if (!beyond) return this.#looks.length > 0 ? 0 : Infinity;
    return beyond === this.#looks[0] ? Infinity : now - beyond.at;
  }
}

/** One server's position, asked on a connection of its own; who asks while an answer is under way shares the next one. */
class Position {
  readonly #config: pg.ClientConfig;
  #client: pg.Client | undefined;
  #asking: Promise<bigint> | undefined;
  #next: Promise<bigint> | undefined;

  constructor(url: string, { application_name }: pg.PoolConfig) {
    this.#config = { connectionString: url, application_name, ...KEEP_ALIVE, connectionTimeoutMillis: ANSWER_MS, query_timeout: ANSWER_MS };
  }

  ask(): Promise<bigint> {
    if (!this.#asking) return this.#begin();
    const next = this.#next ?? this.#asking.catch(() => undefined).then(() => this.#begin());
    this.#next = next;
    return next;
  }

  #begin(): Promise<bigint> {
    this.#next = undefined;
    const asking = this.#ask().finally(() => {
      if (this.#asking === asking) this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  async #ask(): Promise<bigint> {
    try {
      if (!this.#client) {
        const client = new pg.Client(this.#config);
        client.on('error', () => undefined);
        this.#client = client;
        await client.connect();
      }
      const { rows } = await this.#client.query<{ position: string }>(`select ${POSITION} as position`);
      return BigInt(rows[0]!.position);
    } catch (error) {
      this.#client?.connection.stream.destroy();
      this.#client = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
  }
}

class Follower implements Replica {
  readonly name: string;
  readonly pool: SharedPool;
  replayed: bigint | undefined;
  readonly #position: Position;
  readonly #log: Logger;

  constructor(url: string, config: Parameters<typeof createPool>[0], log: Logger) {
    this.name = new URL(url).host;
    this.pool = createPool({ ...config, connectionString: url }, log);
    this.#position = new Position(url, config);
    this.#log = log;
  }

  async look(): Promise<void> {
    try {
      this.replayed = await this.#position.ask();
    } catch (error) {
      this.drop(error as Error);
    }
  }

  /** Out until it answers again. */
  drop(fault: Error): void {
    if (this.replayed !== undefined) this.#log.warn({ replica: this.name, err: fault.message }, 'a replica is left out');
    this.replayed = undefined;
  }

  async close(): Promise<void> {
    await Promise.all([this.#position.close(), this.pool.close()]);
  }
}
