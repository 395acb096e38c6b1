import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import type { Logger } from '../log.ts';
import { isOutage, isRetryable, isStalePlan } from './faults.ts';
import { currentSeen } from './freshness.ts';
import { createHealth } from './health.ts';
import { createListener } from './listener.ts';
import { CONNECT_MS, createPool, type SharedPool, SILENCE_GRACE_MS } from './pool.ts';
import { createReplicas } from './replicas.ts';
import { StatementNames } from './statements.ts';
import { type Attempt, runOnce } from './transaction.ts';

/**
 * Who a transaction is. `tenants` are the only tenants whose rows exist for it (row-level security); a system
 * transaction works for all tenants under the module's own `<module>_system` role and is for jobs, never for requests.
 * `snapshot`: all its statements see the state of one moment, and none may write. `single`: it is one statement, and does not write unless it says so; it
 * travels with the transaction's beginning and end in one packet, which takes half the time. `read`: it does not write, and what it reads is only shown;
 * for a request that only shows, a replica answers it once that has all the caller wrote (`freshness.ts`). `lockTimeoutMs`: how long a statement waits for
 * somebody else's lock; as long as the statement may take, unless told.
 */
export type Scope = ({ module: string; tenants: readonly string[] } | { module: string; system: true }) & {
  snapshot?: true;
  single?: true | 'writes';
  read?: true;
  lockTimeoutMs?: number;
};

/** One open transaction. Every store function takes it as its first argument. */
export type Tx = {
  readonly scope: Scope;
  /** Rows of a statement. `numeric(38,0)` and `int8` arrive as bigint. */
  query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Number of rows a statement touched. */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
  /**
   * A statement whose answer nobody needs: it leaves in the packet of the next one, or of the commit. When it fails the transaction fails, with its error; what the work did
   * meanwhile is undone.
   */
  send(sql: string, params?: readonly unknown[]): void;
  /** Runs after the commit succeeded, never after a rollback. For waking workers; must not throw. Asked for after the end, it throws. */
  afterCommit(action: () => void): void;
};

export type Db = {
  /**
   * Runs `work` in one transaction; commits when it returns, rolls back when it throws. Retries serialisation failures, deadlocks and plans
   * made stale by a migration. Every call ends: at the latest some seconds after the statement time-out, also when the server is gone silently.
   */
  tx<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** Hears `NOTIFY channel`, by one connection for all channels that reconnects by itself, and then says so by an empty message. Returns a stop function. */
  listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<void>>;
  /** Asks whether the database answers and takes writes, on a connection of its own and within a second; for readiness. */
  ping(): Promise<void>;
  stats(): { total: number; idle: number; waiting: number };
  /** A position in the log of the primary that has all committed before this call; undefined without replicas. */
  position?(): Promise<bigint>;
  /** How far each replica is behind, in milliseconds; Infinity when it serves nobody. */
  lags(): [name: string, ms: number][];
  close(): Promise<void>;
};

export type DbOptions = {
  url: string;
  /** Where LISTEN works, when `url` leads to a pooler that lends a connection for one transaction only. */
  listenUrl?: string;
  /** Copies that answer transactions with `read`; each gets a pool of its own of `poolSize`. */
  replicaUrls?: readonly string[];
  /** How far behind a replica may be; 5 s unless told. */
  replicaMostLagMs?: number;
  /** Told of each transaction with `read` of a request that only shows: who answered it. */
  onRead?: (by: 'primary' | 'replica') => void;
  poolSize?: number;
  applicationName?: string;
  statementTimeoutMs?: number;
  /** How long to wait for a connection; 10 s unless told. */
  connectTimeoutMs?: number;
  /** How long after the statement time-out a server that says nothing is given up; 5 s unless told. */
  silenceGraceMs?: number;
  /** How often the listening connection has to answer. */
  heartbeatMs?: number;
  /** Refuses a transaction inside another one: in development and in tests, where it is found before it can do harm. Default true. */
  strict?: boolean;
  log: Logger;
};

const MAX_TRIES = 5;
const STATEMENT_MS = 30_000;
const MOST_LAG_MS = 5_000;

/** bigint for whole numbers, text for the rest: no value passes through a float. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === 20) return BigInt as never;
    if (oid === 1700) return ((text: string) => (text.includes('.') ? text : BigInt(text))) as never;
    return pg.types.getTypeParser(oid, format as 'text') as never;
  },
} as pg.CustomTypesConfig;

/** What is committed stays committed: an action that throws must not make the caller believe otherwise, nor stop the next one. */
function runAll(actions: readonly (() => void)[], log: Logger): void {
  for (const action of actions) {
    try {
      action();
    } catch (error) {
      log.error({ err: (error as Error).message }, 'an action after a commit threw');
    }
  }
}

/** Opens the one pool of this process. Modules share it; each transaction takes its module's role. */
export function createDb(options: DbOptions): Db {
  const { url, log, statementTimeoutMs = STATEMENT_MS, strict = true } = options;
  const base = { types, application_name: options.applicationName ?? 'lastro' };
  const config = {
    ...base,
    connectionString: url,
    max: options.poolSize ?? 16,
    connectionTimeoutMillis: options.connectTimeoutMs ?? CONNECT_MS,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
    // The server ends a statement that takes too long; this ends the wait for a server that cannot be heard any more.
    query_timeout: statementTimeoutMs + (options.silenceGraceMs ?? SILENCE_GRACE_MS),
  };
  const pool = createPool(config, log);
  const listener = createListener({
    config: { ...base, connectionString: options.listenUrl ?? url },
    log,
    heartbeatMs: options.heartbeatMs,
  });
  const { replicaUrls = [], replicaMostLagMs: mostLagMs = MOST_LAG_MS, onRead } = options;
  const replicas = replicaUrls.length > 0 ? createReplicas({ primaryUrl: url, urls: replicaUrls, mostLagMs, config, log }) : undefined;
  const health = createHealth({ ...base, connectionString: url });
  const names = new StatementNames();
  /** The transaction that the code at hand runs in, where nesting is looked for. */
  const around = new AsyncLocalStorage<{ isOpen: boolean }>();

  const runGuarded = async <T>(on: SharedPool, attempt: Attempt<T>): Promise<T> => {
    if (!strict) return runOnce(on, attempt);
    const own = { isOpen: true };
    try {
      return await around.run(own, () => runOnce(on, attempt));
    } finally {
      own.isOpen = false;
    }
  };

  /** Where it is only shown, and a replica has all the caller wrote, that one answers; the primary when it cannot. */
  const run = async <T>(attempt: Attempt<T>): Promise<T> => {
    const seen = replicas && attempt.scope.read && currentSeen();
    if (!seen?.mayLag) return runGuarded(pool, attempt);
    const replica = replicas!.pick(seen);
    if (!replica) {
      onRead?.('primary');
      return runGuarded(pool, attempt);
    }
    try {
      const result = await runGuarded(replica.pool, attempt);
      onRead?.('replica');
      return result;
    } catch (error) {
      // Also a statement that stood in the way of what the primary had removed. Nothing was written: it is simply asked again.
      if (!isOutage(error)) throw error;
      if (!isRetryable(error)) replica.drop(error as Error);
      attempt.after.length = 0;
      onRead?.('primary');
      return runGuarded(pool, attempt);
    }
  };

  return {
    async tx(scope, work) {
      // Each would hold a connection and wait for one more: enough of them at a time, and all wait for each other.
      if (strict && around.getStore()?.isOpen)
        throw new Error(`a transaction of ${scope.module} inside another one: hand its \`tx\` on instead`);
      for (let attempt = 1; ; attempt++) {
        const after: (() => void)[] = [];
        try {
          const result = await run({ scope, names, work, after });
          runAll(after, log);
          return result;
        } catch (error) {
          const isStale = isStalePlan(error);
          if (isStale) names.renew();
          if (!(isStale || isRetryable(error)) || attempt >= MAX_TRIES) throw error;
          await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
        }
      }
    },
    listen: (channel, hear) => listener.listen(channel, hear),
    ping: () => health.ping(),
    stats: () => pool.stats(),
    ...(replicas ? { position: () => replicas.position() } : {}),
    lags: () => replicas?.lags() ?? [],
    async close() {
      await Promise.all([listener.close(), health.close(), replicas?.close()]);
      await pool.close();
    },
  };
}
