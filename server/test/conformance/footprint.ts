/** How many rows each table holds that tells of people, money or decisions: equal before and after means that nothing happened. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MODULES } from '../../src/module-list.ts';
import type { TestDatabase } from '../support/test-database.ts';
import { EVERY } from './of-modules.ts';

/** Bookkeeping that goes on by itself: the bus's, and what each module's fixture names. */
const ALWAYS_RESTLESS = /\.(inbox_.*|outbox)$/;
const RESTLESS = new Set(EVERY.flatMap(({ name, restless = [] }) => restless.map((table) => `${name}.${table}`)));
const BUSY = EVERY.flatMap(({ busy }) => (busy ? [`(${busy})`] : []));

/** So many looks in a row without a change, and with nothing left to be done, mean rest. */
const STILL_LOOKS = 5;
const LOOK_MS = 100;

export type Footprint = Record<string, number>;

export async function footprintOf(database: TestDatabase): Promise<Footprint> {
  const tables = await database.admin<{ name: string }>(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema = any($1) and table_type = 'BASE TABLE' order by 1`,
    [MODULES.map(({ name }) => name)],
  );
  const counted = tables.map(({ name }) => name).filter((name) => !RESTLESS.has(name) && !ALWAYS_RESTLESS.test(name));
  const union = counted.map((name) => `select '${name}' as name, count(*)::int as rows from ${name}`).join(' union all ');
  const rows = await database.admin<{ name: string; rows: number }>(union);
  return Object.fromEntries(rows.map((row) => [row.name, row.rows]));
}

/**
 * Whether something is still to be done: within the minute, as modules say, an event that no relay has moved, a
 * group that has not come to the end of the log, or a transaction under way.
 */
async function isBusy(database: TestDatabase): Promise<boolean> {
  const modules = await database.admin<{ name: string }>('select name from bus.modules order by name');
  const unmoved = modules.map(({ name }) => `exists (select from ${name}.outbox)`);
  const behind = modules.map(
    ({ name }) => `exists (select from ${name}.inbox_cursors where not paused and position < (select position from bus.head))`,
  );
  const underWay = `exists (
    select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend')`;
  const [row] = await database.admin<{ busy: boolean }>(`select ${[...BUSY, ...unmoved, ...behind, underWay].join(' or ')} as busy`);
  return row!.busy;
}

/** The footprint once nothing changes any more: what was started before has come to its end. */
export async function restingFootprint(database: TestDatabase): Promise<Footprint> {
  let last = '';
  for (let same = 0; same < STILL_LOOKS; ) {
    await sleep(LOOK_MS);
    // Counting every table is dear: only what may be at rest is counted.
    if (await isBusy(database)) {
      same = 0;
      continue;
    }
    const now = await footprintOf(database);
    const text = JSON.stringify(now);
    same = text === last ? same + 1 : 0;
    if (same === STILL_LOOKS) return now;
    last = text;
  }
  return footprintOf(database);
}
