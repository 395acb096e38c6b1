/**
 * A made-up machine for tests of the engine. An errand is reserved at another party, sent, perhaps asked about, and waits for an
 * announcement until its time is up. It has every kind of state that a real one has.
 */
import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '#platform/clock.ts';
import type { Db, Tx } from '#platform/db/db.ts';
import { derivedId } from '#platform/id.ts';
import { createLogger } from '#platform/log.ts';
import { define } from '#platform/machine/definition.ts';
import type { Actions } from '#platform/machine/driver.ts';
import { createMachine, type MachineDescription, type MachineOptions } from '#platform/machine/machine.ts';
import { type RunRow, readRun } from '#platform/machine/rows.ts';
import type { CommonFact, Run } from '#platform/machine/run.ts';
import { createMetrics } from '#platform/telemetry/metrics.ts';
import { makeUpModule } from './made-up-module.ts';
import { openTestDatabase, sourcesOf, type TestDatabase } from './test-database.ts';

type State = 'asked' | 'reserved' | 'unknown' | 'waiting' | 'stuck' | 'done' | 'cancelled';
export type Errand = Run<State> & { note: string };
export type ErrandFact =
  | CommonFact
  | { type: 'reserved'; note?: string }
  | { type: 'taken' }
  | { type: 'refused' }
  | { type: 'answer-missing' }
  | { type: 'not-found' }
  | { type: 'answered' }
  | { type: 'ended-by-person' };
export type ErrandAction = 'reserve' | 'send' | 'query' | 'listen';

const SQL = `
create table errands.errands (
  tenant_id uuid not null, id uuid not null, status text not null, note text not null default '', primary key (tenant_id, id)
);
select platform.machine_columns('errands.errands');
create index on errands.errands (next_attempt_at) where next_attempt_at is not null;
create index on errands.errands (tenant_id, next_attempt_at) where next_attempt_at is not null;
select platform.tenant_table('errands.errands', 'select, insert, update');
select platform.machine_steps('errand_steps', 'errand_id');
select platform.machine_inbox('inbox');
`;

export const errandsModule = () => makeUpModule('errands', { '0001_errands.sql': SQL });

export async function openErrandsDatabase(): Promise<TestDatabase> {
  const made = await errandsModule();
  const database = await openTestDatabase([...sourcesOf(), made]);
  await made.remove();
  return database;
}

export const pace = { retryBaseMs: 20, retryMaxMs: 200 };
/** `sendsTo`: what another version of the definition does with an errand that was taken. */
export const errandDefinition = (version = 1, sendsTo: State = 'waiting', atPace = pace) =>
  define<Errand, ErrandFact, ErrandAction>({
    version,
    begins: 'asked',
    pace: atPace,
    table: {
      asked: { does: 'reserve', on: { reserved: 'reserved' } },
      reserved: { does: 'send', on: { taken: ['waiting', sendsTo], refused: 'cancelled', 'answer-missing': 'unknown' } },
      unknown: { does: 'query', on: { taken: 'waiting', 'not-found': 'reserved' } },
      waiting: { hears: 'listen', on: { answered: 'done', 'time-is-up': 'stuck' } },
      stuck: { is: 'people', hears: 'listen', on: { answered: 'done', 'ended-by-person': 'cancelled' } },
      done: { is: 'end' },
      cancelled: { is: 'end' },
    },
    choose: () => sendsTo,
    learn: (moved, fact) => (fact.type === 'reserved' && fact.note !== undefined ? { ...moved, note: fact.note } : moved),
    goesRound: ['answer-missing', 'not-found'],
  });

export const errandMachine: MachineDescription<Errand, ErrandFact, ErrandAction> = {
  name: 'errands.errand',
  definitions: [errandDefinition()],
  inbox: { table: 'errands.inbox', correlation: 'id' },
  rows: {
    module: 'errands',
    table: 'errands.errands',
    id: 'id',
    toRecord: (row: RunRow & { id: string; note: string }): Errand => ({ ...readRun<State>(row, row.id), note: row.note }),
    columns: [{ column: 'note', type: 'text', of: ({ after }) => after.note }],
    steps: { table: 'errands.errand_steps', run: 'errand_id' },
  },
  decisions: { cancel: () => ({ type: 'ended-by-person' }) },
};

/** The other party: does what it is asked once for an id, as a ledger or a bank does. */
export type Outside = {
  reserve(id: string): Promise<void>;
  send(id: string): Promise<'taken' | 'refused' | 'answer-missing'>;
  query(id: string): Promise<'taken' | 'not-found'>;
};

/** The id of what is asked for an errand: the same at every try. */
export const askedAs = (errandId: string, step: string): string => derivedId('errands', errandId, step);

export const errandActions = (outside: Outside): Actions<Errand, ErrandFact, ErrandAction> => ({
  reserve: {
    async run({ id }) {
      await outside.reserve(askedAs(id, 'reserve'));
      return { fact: { type: 'reserved' } };
    },
  },
  send: { run: async ({ id }) => ({ fact: { type: await outside.send(askedAs(id, 'send')) } }) },
  query: { run: async ({ id }) => ({ fact: { type: await outside.query(askedAs(id, 'send')) } }) },
  listen: {
    inside: true,
    async run(_errand, { unheard }) {
      const events = await unheard();
      const isAnswer = events.some(({ type }) => type === 'answered');
      return { fact: isAnswer ? { type: 'answered' } : { type: 'nothing-learned' }, heard: true, events };
    },
  },
});

/** An outside in this process, that remembers what it was asked and what it did. */
export function createOutside(): Outside & { asked: string[]; done: Set<string> } {
  const asked: string[] = [];
  const done = new Set<string>();
  const take = (id: string): void => {
    asked.push(id);
    done.add(id);
  };
  return {
    asked,
    done,
    reserve: async (id) => take(id),
    send: async (id) => {
      take(id);
      return 'taken';
    },
    query: async (id) => (done.has(id) ? 'taken' : 'not-found'),
  };
}

export type ErrandOptions = Partial<MachineOptions<Errand, ErrandFact, ErrandAction>> & { outside?: Outside; clock?: Clock };

/** The machine as one process would have it. */
export function openErrands(db: Db, options: ErrandOptions = {}) {
  const { outside = createOutside(), clock = systemClock, ...rest } = options;
  const metrics = createMetrics();
  const log = createLogger({ level: process.env.TEST_LOG_LEVEL ?? 'fatal' });
  const machine = createMachine({
    ...errandMachine,
    deps: { db, clock, log, metrics },
    actions: errandActions(outside),
    leaseMs: 2_000,
    lookMs: 200,
    ...rest,
  });
  return {
    machine,
    metrics,
    async close() {
      await machine.worker.stop();
      await machine.close();
    },
  };
}

export type NewErrands = {
  count?: number;
  tenantId?: string;
  status?: State;
  dueInMs?: number | null;
  endsInMs?: number;
  definition?: number;
};
export const TENANT = '0192f000-0000-7000-8000-00000000e001';

/** Begins errands as a module would, in a transaction of its own; due now unless told. Answers their ids. */
export async function beginErrands(db: Db, options: NewErrands = {}): Promise<string[]> {
  const { count = 1, tenantId = TENANT, status = 'asked', dueInMs = 0, endsInMs = null, definition = 1 } = options;
  const ids = Array.from({ length: count }, () => randomUUID());
  await db.tx({ module: 'errands', tenants: [tenantId] }, (tx) =>
    insertErrands(tx, { ids, tenantId, status, dueInMs, endsInMs, definition }),
  );
  return ids;
}

async function insertErrands(
  tx: Tx,
  {
    ids,
    tenantId,
    status,
    dueInMs,
    endsInMs,
    definition,
  }: Required<Omit<NewErrands, 'count' | 'endsInMs'>> & { ids: string[]; endsInMs: number | null },
): Promise<void> {
  await tx.execute(
    `insert into errands.errands (tenant_id, id, status, next_attempt_at, must_end_by, definition_version)
     select $1, id, $3, least(now() + $4::float8 * interval '1 millisecond', now() + $5::float8 * interval '1 millisecond'),
       now() + $5::float8 * interval '1 millisecond', $6 from unnest($2::uuid[]) as id`,
    [tenantId, ids, status, dueInMs, endsInMs, definition],
  );
}

/** How many errands are in each state. */
export async function countErrands(database: Pick<TestDatabase, 'admin'>): Promise<Record<string, number>> {
  const rows = await database.admin<{ status: string; count: number }>(
    'select status, count(*)::int as count from errands.errands group by status',
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

/** Looks until something holds; says what it saw last when it never does. */
export async function eventually<T>(what: string, look: () => Promise<T> | T, holds: (seen: T) => boolean, withinMs = 10_000): Promise<T> {
  const end = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > end) throw new Error(`${what} did not come within ${withinMs} ms; last seen: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
