import type { Db, Tx } from '../db/db.ts';
import { isOutage } from '../db/faults.ts';
import type { LoggedEvent, Subscription } from './bus.ts';
import { describeError, handleRuns } from './handling.ts';
import { insertLetters, type Letter, orderKey } from './inbox.ts';
import { type RetryDeps, retryAtMs } from './retries.ts';

/** So many events that fail are no accident any more: with most of a batch, the fault is looked for in the group and not in the events. */
const MANY = 10;
/** So many failures in a row, and nothing else so far, are reason enough to ask whether the events of others can be handled. */
const ROW = 20;
/** When to give up: early (at a row of failures, or where most fail), where most fail, or not at all. */
export type Patience = 'little' | 'some' | 'all';
/** Tries of an event in the line: with its batch, and once by itself. */
export const TRIES_IN_LINE = 2;

/** Thrown out of a transaction that found most of its events failing, so that nothing of it stays. */
export class MostlyFailed extends Error {
  readonly tenants: ReadonlySet<string>;
  readonly sample: string;

  constructor(tenants: ReadonlySet<string>, sample: string) {
    super(`most events of a batch failed: ${sample}`);
    this.tenants = tenants;
    this.sample = sample;
  }
}

/**
 * Handles events one by one, each in a savepoint of the one transaction: what fails is put aside to be tried again beside the line, with what
 * follows of its key, and the others go on. Answers what was put aside.
 * @throws MostlyFailed when most fail, of all tenants that are there: then nothing is put aside.
 */
export async function siftEvents(
  deps: RetryDeps,
  tx: Tx,
  subscription: Subscription,
  events: readonly LoggedEvent[],
  patience: Patience,
): Promise<Letter[]> {
  const letters: Letter[] = [];
  const failedKeys = new Set<string>();
  const [failed, fine] = [new Set<string>(), new Set<string>()];
  let tried = 0;
  for (const event of events) {
    if (failedKeys.has(orderKey(event))) {
      letters.push(parked(event));
      continue;
    }
    tried++;
    const fault = await tryOne(tx, subscription, event);
    if (fault === undefined) fine.add(event.tenantId);
    else {
      failed.add(event.tenantId);
      failedKeys.add(orderKey(event));
      letters.push(retrying(deps, event, fault, TRIES_IN_LINE));
      if (patience === 'little' && tried === ROW && fine.size === 0) throw new MostlyFailed(failed, fault);
    }
  }
  const failures = failedKeys.size;
  if (patience !== 'all' && failures >= MANY && failures * 2 > tried && [...fine].every((tenant) => failed.has(tenant)))
    throw new MostlyFailed(failed, letters[0]!.error!);
  await putAside(deps, tx, subscription.group, letters);
  return letters;
}

/** Answers why it failed, or undefined. */
async function tryOne(tx: Tx, subscription: Subscription, event: LoggedEvent): Promise<string | undefined> {
  const after: (() => void)[] = [];
  const inside = answering({ ...tx, afterCommit: (action) => after.push(action) });
  await tx.query('savepoint event');
  try {
    await handleRuns(inside.tx, subscription, [event]);
    await inside.answered();
    await tx.query('release savepoint event');
  } catch (error) {
    if (isOutage(error)) throw error;
    await tx.query('rollback to savepoint event');
    return describeError(error);
  }
  for (const action of after) tx.afterCommit(action);
  return undefined;
}

export function retrying(deps: RetryDeps, event: LoggedEvent, error: string, attempts: number): Letter {
  return { event, reason: 'retrying', error, attempts, retryAtMs: retryAtMs(deps, 0) };
}

export function parked(event: LoggedEvent): Letter {
  return { event, reason: 'parked', error: null, attempts: 0, retryAtMs: null };
}

/** A transaction of which it can be known, before its end, whether what was only sent went well. */
function answering(tx: Tx): { tx: Tx; answered(): Promise<unknown> } {
  const sent: Promise<number>[] = [];
  const send = (sql: string, params?: readonly unknown[]): void => {
    const answer = tx.execute(sql, params);
    answer.catch(() => undefined);
    sent.push(answer);
  };
  return { tx: { ...tx, send }, answered: () => Promise.all(sent) };
}

/** Writes letters of all the transaction's tenants, after their events were handled tenant by tenant. */
export async function putAside(deps: RetryDeps, tx: Tx, group: string, letters: readonly Letter[]): Promise<void> {
  if (letters.length === 0) return;
  const { scope } = tx;
  if ('tenants' in scope) await tx.query(`select set_config('app.tenants', $1, true)`, [`{${scope.tenants.join(',')}}`]);
  await insertLetters(tx, group, letters, deps.clock.now());
}

class Undone extends Error {}

/** Whether a group's handler can handle an event at all: it is tried, and undone. */
export async function canHandle(db: Db, subscription: Subscription, event: LoggedEvent): Promise<boolean> {
  try {
    await db.tx({ module: subscription.module, tenants: [event.tenantId] }, async (tx) => {
      const inside = answering({ ...tx, afterCommit: () => undefined });
      await handleRuns(inside.tx, subscription, [event]);
      await inside.answered();
      throw new Undone();
    });
  } catch (error) {
    if (isOutage(error)) throw error;
    return error instanceof Undone;
  }
  return false;
}
