import type { Db, Tx } from '../db/db.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Definition } from './definition.ts';
import type { Rows } from './rows.ts';
import type { Fact, Run } from './run.ts';
import { statesThatAre } from './table.ts';

/** How many runs are in a state that is no end, and for how long the oldest has been. */
export type StateAge = { status: string; count: number; oldestSeconds: number };

/** States of a table in which a run may be although nothing is due for it: a person has to come, or a fact. */
export const standingStates = ({ table }: Pick<Definition<Run, Fact, string>, 'table'>): string[] => {
  const ends = new Set(statesThatAre(table, 'end'));
  return Object.entries(table).flatMap(([state, rule]) =>
    !ends.has(state) && (rule.is === 'people' || rule.does === undefined) ? [state] : [],
  );
};

/** What is not over: whatever is due some time, and whatever stands. Of all tenants (system scope); `tenantId` narrows it. */
export const openRuns = (definition: Pick<Definition<Run, Fact, string>, 'table'>): string => {
  const quote = (states: readonly string[]): string => states.map((state) => `'${state.replaceAll("'", "''")}'`).join(', ') || 'null';
  return `(p.next_attempt_at is not null or p.status in (${quote(standingStates(definition))}))
    and p.status not in (${quote(statesThatAre(definition.table, 'end'))})`;
};

export async function readAges<R extends Run>(tx: Tx, rows: Pick<Rows<R>, 'table'>, isOpen: string): Promise<StateAge[]> {
  const found = await tx.query<{ status: string; count: number; seconds: number }>(
    `select p.status, count(*)::integer as count, extract(epoch from now() - min(p.status_since))::float8 as seconds
     from ${rows.table} p where ${isOpen} group by p.status order by p.status`,
  );
  return found.map(({ status, count, seconds }) => ({ status, count, oldestSeconds: seconds }));
}

/** What is measured of every machine: read when scraped. An alarm belongs on the states that are for people. */
type Watched = { name: string; read: () => Promise<StateAge[]>; running: () => number };
const watched = new WeakMap<Metrics, Map<string, Watched>>();

/** Gauges of all machines of a process under three names, told apart by labels. */
export function measureMachine(
  metrics: Metrics,
  deps: { name: string; db: Db; rows: Rows<Run>; isOpen: string; running: () => number },
): void {
  const { name, db, rows, isOpen, running } = deps;
  const read = () => db.tx({ module: rows.module, system: true, single: true }, (tx) => readAges(tx, rows, isOpen));
  const known = watched.get(metrics);
  if (known) {
    known.set(name, { name, read, running });
    return;
  }
  const all = new Map([[name, { name, read, running }]]);
  watched.set(metrics, all);
  const inStates = async (value: (age: StateAge) => number) => {
    const readings = await Promise.all(
      [...all.values()].map(async (one) => ({ machine: one.name, ages: await one.read().catch(() => []) })),
    );
    return readings.flatMap(({ machine, ages }) => ages.map((age) => [{ machine, state: age.status }, value(age)] as const));
  };
  metrics.labelled('lastro_machine_oldest_seconds', 'How long the oldest long process has been in a state', ['machine', 'state'], () =>
    inStates(({ oldestSeconds }) => oldestSeconds),
  );
  metrics.labelled('lastro_machine_open', 'Long processes that are not over, by state', ['machine', 'state'], () =>
    inStates(({ count }) => count),
  );
  metrics.labelled('lastro_machine_running', 'Long processes being driven by this process', ['machine'], async () =>
    [...all.values()].map((one) => [{ machine: one.name }, one.running()] as const),
  );
}
