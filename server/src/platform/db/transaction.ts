import type pg from 'pg';
import type { Scope, Tx } from './db.ts';
import { isReadOnlyServer } from './faults.ts';
import type { SharedPool } from './pool.ts';
import type { StatementNames } from './statements.ts';

const ROLE_NAME = /^[a-z][a-z_]{0,40}$/;
const TENANT_ID = /^[0-9a-f-]{36}$/;

/** Whether it says of itself that it writes nothing. */
export function isReadOnly(scope: Scope): boolean {
  return Boolean(scope.snapshot || scope.single === true || scope.read);
}

function openingStatement(scope: Scope): string {
  const system = 'system' in scope;
  const role = system ? `${scope.module}_system` : scope.module;
  if (!ROLE_NAME.test(role)) throw new Error(`not a role name: ${role}`);
  const tenants = system ? [] : scope.tenants;
  for (const tenant of tenants) if (!TENANT_ID.test(tenant)) throw new Error('not a tenant id');
  const mode = scope.snapshot ? ' isolation level repeatable read read only' : isReadOnly(scope) ? ' read only' : '';
  const { lockTimeoutMs } = scope;
  if (lockTimeoutMs !== undefined && !Number.isSafeInteger(lockTimeoutMs)) throw new Error('not a whole number of milliseconds');
  const locks = lockTimeoutMs === undefined ? '' : `; set local lock_timeout = '${lockTimeoutMs}ms'`;
  // Not `select set_config(…)`, which would be planned and run as a query each time: twice the work, here and there.
  return `begin${mode}; set local role ${role}; set local app.tenants = '{${tenants.join(',')}}'${locks}`;
}

/** What Postgres says of every statement after the one that failed. */
const ABORTED = '25P02';
const isEcho = (fault: unknown): boolean => (fault as { code?: unknown } | undefined)?.code === ABORTED;

/** Why the transaction failed, where it was a statement that nobody waited for. */
async function firstFault(sent: readonly Promise<unknown>[]): Promise<unknown> {
  return (await Promise.all(sent)).find((fault) => fault !== undefined && !isEcho(fault));
}

export type Attempt<T> = { scope: Scope; names: StatementNames; work: (tx: Tx) => Promise<T>; after: (() => void)[] };

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
 * takes them in order, and after one that failed refuses all up to the rollback. After the end nothing more is sent: the connection may
 * already carry another transaction, of another tenant.
 */
export async function runOnce<T>(pool: SharedPool, { scope, names, work, after }: Attempt<T>): Promise<T> {
  const opening = openingStatement(scope);
  const loan = await pool.borrow(scope.module);
  const { client } = loan;
  let broken: Error | undefined;
  let committed: Promise<pg.QueryResult> | undefined;
  let ended = false;
  // One that breaks between two statements is not used again.
  const onBroken = (error: Error): void => {
    broken = error;
  };
  client.on('error', onBroken);
  // Whatever fails is told by those that wait for it; an answer nobody waits for any more is no unhandled rejection.
  const command = (text: string): Promise<pg.QueryResult> => {
    gather(client);
    const answer = client.query(text);
    answer.catch(() => undefined);
    return answer;
  };
  const refuseLate = (): void => {
    if (ended || committed) throw new Error('a statement after the end of its transaction, or a second one where the scope says `single`');
  };
  const send = (text: string, values: readonly unknown[] = []): Promise<pg.QueryResult> => {
    refuseLate();
    gather(client);
    const name = values.length > 0 ? names.of(text) : undefined;
    if (name) loan.note(name);
    const answer = client.query({ text, values: values as unknown[], ...(name ? { name } : {}) });
    if (scope.single) committed = command('commit');
    sendIfFull(client);
    return answer;
  };
  /** What became of statements that were only sent: their faults, in order. */
  const sent: Promise<unknown>[] = [];
  const opened = command(opening);
  try {
    const tx: Tx = {
      scope,
      query: async (sql, params) => (await send(sql, params)).rows as never,
      execute: async (sql, params) => (await send(sql, params)).rowCount ?? 0,
      send(sql, params) {
        sent.push(
          send(sql, params).then(
            () => undefined,
            (fault: unknown) => fault,
          ),
        );
      },
      afterCommit: (action) => {
        if (ended) throw new Error('an action for after the commit, when the transaction had ended');
        after.push(action);
      },
    };
    const result = await work(tx);
    committed ??= command('commit');
    await opened;
    const { command: outcome } = await committed;
    // A transaction whose statement failed and was caught answers COMMIT with ROLLBACK: that must never pass for success.
    if (outcome !== 'COMMIT')
      throw (await firstFault(sent)) ?? new Error('the transaction was rolled back because a statement in it had failed');
    return result;
  } catch (failure) {
    // First of all: another branch of the work may still hold the transaction and go on.
    ended = true;
    // What follows a beginning that failed only says that it did.
    const error: unknown = await opened.then(
      async () => (isEcho(failure) ? ((await firstFault(sent)) ?? failure) : failure),
      (fault: unknown) => fault,
    );
    // Where the end has been sent already it undoes what failed by itself.
    const undone = scope.single && committed ? committed : command('rollback');
    await undone.catch((fault: Error) => {
      broken = fault;
    });
    if (!isReadOnly(scope) && isReadOnlyServer(error)) broken = error as Error;
    throw error;
  } finally {
    ended = true;
    client.off('error', onBroken);
    loan.giveBack(broken);
  }
}
