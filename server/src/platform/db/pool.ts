import pg from 'pg';
import type { Logger } from '../log.ts';
import { isReadOnlyServer } from './faults.ts';
import { MAX_NAMED } from './statements.ts';

/** Bytes on the way that nobody acknowledges are noticed after this long without traffic (then one probe a second, ten times). */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;
/** The server's own limit speaks first; ours is for a server that cannot be heard any more. */
export const SILENCE_GRACE_MS = 5_000;
/** How long somebody waits for a connection. */
export const CONNECT_MS = 10_000;
/** With fewer connections than this there is nothing to share out. */
const LEAST_SHARE = 4;
/** Names a connection has ever planned under, before it makes place for a fresh one. */
const MAX_PLANNED = 2 * MAX_NAMED;

/** A connection on loan. `giveBack(error)` throws it away. */
export type Loan = { client: pg.PoolClient; note(name: string): void; giveBack(fault?: Error): void };

export type SharedPool = {
  /** @throws when no connection, or none of the module's share, is to be had in time. */
  borrow(module: string): Promise<Loan>;
  stats(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
};

/**
 * The connections of a process. A module holds at most half of them (`share`), so that one locked table of one module keeps the callers of
 * that module waiting and nobody else.
 */
export function createPool(config: pg.PoolConfig & { max: number; connectionTimeoutMillis: number }, log: Logger): SharedPool {
  const pool = new pg.Pool({ ...config, ...KEEP_ALIVE, pipeline: true, idleTimeoutMillis: 60_000 });
  const shares = new Map<string, Share>();
  const shareSize = Math.min(config.max, Math.max(LEAST_SHARE, Math.ceil(config.max / 2)));
  const planned = new WeakMap<pg.PoolClient, Set<string>>();
  const bornAt = new WeakMap<pg.PoolClient, number>();
  /** Connections made before this lead to a server that has become read-only. */
  let fitSince = 0;

  // The pool listens to idle connections only, and one may break while it is being handed out (its last words in the packet that made it
  // ready): an error that nobody hears would end the process. Whoever uses the connection learns of it by the failing statement.
  pool.on('connect', (client) => {
    bornAt.set(client, performance.now());
    client.on('error', () => undefined);
    // A statement that is kept planned is planned once, for any values: ours seek by index whatever they are asked for.
    client.query('set plan_cache_mode = force_generic_plan').catch(() => undefined);
  });
  pool.on('error', (error) => log.warn({ err: error.message }, 'an idle database connection was lost'));

  const connect = async (): Promise<pg.PoolClient> => {
    for (;;) {
      const client = await pool.connect();
      if ((bornAt.get(client) ?? 0) >= fitSince) return client;
      client.release(true);
    }
  };
  const shareOf = (module: string): Share => {
    const share = shares.get(module) ?? new Share(shareSize, config.connectionTimeoutMillis);
    shares.set(module, share);
    return share;
  };

  return {
    async borrow(module) {
      const share = shareOf(module);
      await share.enter(module);
      let client: pg.PoolClient;
      try {
        client = await connect();
      } catch (error) {
        share.leave();
        throw error;
      }
      const names = planned.get(client) ?? new Set();
      planned.set(client, names);
      return {
        client,
        note: (name) => names.add(name),
        giveBack(fault) {
          if (fault && isReadOnlyServer(fault)) fitSince = performance.now();
          client.release(fault ?? names.size > MAX_PLANNED);
          share.leave();
        },
      };
    },
    stats: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount + [...shares.values()].reduce((sum, share) => sum + share.waiting, 0),
    }),
    close: () => pool.end(),
  };
}

/** A module's part of the connections: who comes when all are lent waits in line, and not for ever. */
class Share {
  readonly #line: (() => void)[] = [];
  readonly #size: number;
  readonly #waitMs: number;
  #lent = 0;

  constructor(size: number, waitMs: number) {
    this.#size = size;
    this.#waitMs = waitMs;
  }

  get waiting(): number {
    return this.#line.length;
  }

  async enter(module: string): Promise<void> {
    if (this.#lent < this.#size) {
      this.#lent++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const admit = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#line.splice(this.#line.indexOf(admit), 1);
        reject(new Error(`no share of the connections became free for ${module} in ${this.#waitMs} ms`));
      }, this.#waitMs);
      this.#line.push(admit);
    });
  }

  /** The place goes to the next in line, or becomes free. */
  leave(): void {
    const next = this.#line.shift();
    if (next) next();
    else this.#lent--;
  }
}
