import pg from 'pg';
import type { Logger } from '../log.ts';
import { StatementNames } from './statements.ts';

/**
 * Who a transaction is. `tenants` are the only tenants whose rows exist for it (row-level security); a system
 * transaction works for all tenants under the module's own `<module>_system` role and is for jobs, never for requests.
 * `snapshot`: all its statements see the state of one moment, and none may write. `single`: it is one statement, and does not write; it
 * travels with the transaction's beginning and end in one packet, which takes half the time.
 */
export type Scope = ({ module: string; tenants: readonly string[] } | { module: string; system: true }) & {
  snapshot?: true;
  single?: true;
};

/** One open transaction. Every store function takes it as its first argument. */
export type Tx = {
  readonly scope: Scope;
  /** Rows of a statement. `numeric(38,0)` and `int8` arrive as bigint. */
  query<R = Record<string, unknown>>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  /** Number of rows a statement touched. */
  execute(sql: string, params?: readonly unknown[]): Promise<number>;
  /** Runs after the commit succeeded, never after a rollback. For waking workers; must not throw. */
  afterCommit(action: () => void): void;
};

export type Db = {
  /** Runs `work` in one transaction; commits when it returns, rolls back when it throws. Retries serialisation failures, deadlocks and plans made stale by a migration. */
  tx<T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T>;
  /** A dedicated connection that hears `NOTIFY channel`. Reconnects by itself. Returns a stop function. */
  listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<void>>;
  /** Runs a trivial query; for readiness. */
  ping(): Promise<void>;
  stats(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
};

export type DbOptions = { url: string; poolSize?: number; applicationName?: string; statementTimeoutMs?: number; log: Logger };

/** Lost against another transaction; the same again will do. */
const RETRYABLE = new Set(['40001', '40P01']);
/** `cached plan must not change result type`: planned for a table that a migration has changed since; under another name the same again will do. */
const STALE_PLAN = '0A000';
const MAX_TRIES = 5;
const ROLE_NAME = /^[a-z][a-z_]{0,40}$/;
const TENANT_ID = /^[0-9a-f-]{36}$/;

/** bigint for whole numbers, text for the rest: no value passes through a float. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === 20) return BigInt as never;
    if (oid === 1700) return ((text: string) => (text.includes('.') ? text : BigInt(text))) as never;
    return pg.types.getTypeParser(oid, format as 'text') as never;
  },
} as pg.CustomTypesConfig;

function openingStatement(scope: Scope): string {
  const system = 'system' in scope;
  const role = system ? `${scope.module}_system` : scope.module;
  if (!ROLE_NAME.test(role)) throw new Error(`not a role name: ${role}`);
  const tenants = system ? [] : scope.tenants;
  for (const tenant of tenants) if (!TENANT_ID.test(tenant)) throw new Error('not a tenant id');
  const mode = scope.snapshot ? ' isolation level repeatable read read only' : scope.single ? ' read only' : '';
  return `begin${mode}; select set_config('role', '${role}', true), set_config('app.tenants', '{${tenants.join(',')}}', true)`;
}

type Attempt<T> = { scope: Scope; names: StatementNames; work: (tx: Tx) => Promise<T>; after: (() => void)[] };

/** From so many bytes on a packet goes at once: Postgres works on it while the next statement is being made. */
const FULL_PACKET = 16_384;

/** What is written to the connection from here to the end of this turn of the event loop leaves in one packet: each costs a call of the system. */
function gather({ connection: { stream } }: pg.PoolClient): void {
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

function sendIfFull({ connection: { stream } }: pg.PoolClient): void {
  if (stream.writableLength >= FULL_PACKET) stream.uncork();
}

/**
 * Statements are sent as they come, without waiting for the answer to the one before (the transaction's opening least of all); Postgres
 * takes them in order, and after one that failed refuses all up to the rollback.
 */
async function runOnce<T>(pool: pg.Pool, { scope, names, work, after }: Attempt<T>): Promise<T> {
  const opening = openingStatement(scope);
  const client = await pool.connect();
  let broken: Error | undefined;
  // One that breaks between two statements is not used again.
  const onBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', onBroken);
  let committed: Promise<pg.QueryResult> | undefined;
  // Whatever fails is told by those that wait for it; an answer nobody waits for any more is no unhandled rejection.
  const command = (text: string): Promise<pg.QueryResult> => {
    gather(client);
    const answer = client.query(text);
    answer.catch(() => undefined);
    return answer;
  };
  const send = (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> => {
    if (committed) throw new Error('a statement after the end of its transaction, or a second one where the scope says `single`');
    gather(client);
    const name = values.length > 0 ? names.of(text) : undefined;
    const answer = client.query({ text, values: values as unknown[], ...(name ? { name } : {}) });
    if (scope.single) committed = command('commit');
    sendIfFull(client);
    return answer;
  };
  const opened = command(opening);
  try {
    const tx: Tx = {
      scope,
      query: async (sql, params) => (await send(sql, params)).rows as never,
      execute: async (sql, params) => (await send(sql, params)).rowCount ?? 0,
      afterCommit: (action) => after.push(action),
    };
    const result = await work(tx);
    committed ??= command('commit');
    await opened;
    // A transaction whose statement failed and was caught answers COMMIT with ROLLBACK: that must never pass for success.
    if ((await committed).command !== 'COMMIT') throw new Error('the transaction was rolled back because a statement in it had failed');
    return result;
  } catch (failure) {
    // What follows a beginning that failed only says that it did.
    const error: unknown = await opened.then(
      () => failure,
      (fault: unknown) => fault,
    );
    // Where the end has been sent already it undoes what failed by itself.
    const undone = scope.single && committed ? committed : command('rollback');
    await undone.catch((fault: Error) => {
      broken = fault;
    });
    throw error;
  } finally {
    client.off('error', onBroken);
    client.release(broken);
  }
}

function isStalePlan(error: unknown): boolean {
  const { code, routine } = error as { code?: string; routine?: string };
  return code === STALE_PLAN && routine === 'RevalidateCachedQuery';
}

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
  const base = { connectionString: options.url, types, application_name: options.applicationName ?? 'lastro' };
  const pool = new pg.Pool({
    ...base,
    pipeline: true,
    max: options.poolSize ?? 16,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    statement_timeout: options.statementTimeoutMs ?? 30_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  // The pool listens to idle connections only, and one may break while it is being handed out (its last words in the packet that made it
  // ready): an error that nobody hears would end the process. Whoever uses the connection learns of it by the failing statement.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    // A statement that is kept planned is planned once, for any values: ours seek by index whatever they are asked for.
    client.query('set plan_cache_mode = force_generic_plan').catch(() => undefined);
  });
  pool.on('error', (error) => options.log.warn({ err: error.message }, 'an idle database connection was lost'));
  const names = new StatementNames();
  const stops = new Set<() => Promise<void>>();

  return {
    async tx(scope, work) {
      for (let attempt = 1; ; attempt++) {
        const after: (() => void)[] = [];
        try {
          const result = await runOnce(pool, { scope, names, work, after });
          runAll(after, options.log);
          return result;
        } catch (error) {
          const code = (error as { code?: string }).code ?? '';
          const isStale = isStalePlan(error);
          if (isStale) names.renew();
          if (!(isStale || RETRYABLE.has(code)) || attempt >= MAX_TRIES) throw error;
          await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * (0.5 + Math.random())));
        }
      }
    },
    async listen(channel, hear) {
      const stop = await keepListening(base, channel, hear, options.log);
      stops.add(stop);
      return stop;
    },
    async ping() {
      await pool.query('select 1');
    },
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async close() {
      await Promise.all([...stops].map((stop) => stop()));
      await pool.end();
    },
  };
}

async function keepListening(config: pg.ClientConfig, channel: string, hear: (payload: string) => void, log: Logger) {
  let stopped = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    client = new pg.Client({ ...config, keepAlive: true });
    client.on('notification', (message) => hear(message.payload ?? ''));
    client.on('error', () => undefined);
    client.on('end', () => {
      if (!stopped) again();
    });
    await client.connect();
    await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    hear('');
  };
  const again = (): void => {
    clearTimeout(retry);
    retry = setTimeout(() => {
      connect().catch((error: Error) => {
        log.warn({ err: error.message, channel }, 'listening was interrupted, trying again');
        if (!stopped) again();
      });
    }, 500);
  };
  await connect().catch(again);
  return async () => {
    stopped = true;
    clearTimeout(retry);
    await client?.end().catch(() => undefined);
  };
}
