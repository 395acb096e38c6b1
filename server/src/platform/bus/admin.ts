import type { Db, Tx } from '../db/db.ts';
import type { GroupStatus } from './bus.ts';
import { type CursorRow, rewound } from './standing.ts';
import { readHead } from './tail.ts';

/** What operators do with consumer groups. Works from any process, whichever modules live there. */
export type BusAdmin = {
  status(): Promise<GroupStatus[]>;
  redrive(group: string, key?: string): Promise<number>;
  rewind(group: string, position: bigint): Promise<void>;
  pause(group: string, paused: boolean): Promise<void>;
  head(): Promise<bigint>;
};

const SCOPE = { module: 'bus', system: true } as const;
const MODULE_NAME = /^[a-z][a-z_]{0,40}$/;

/** All operations take the group's cursor lock, so that each happens between two batches and never within one. */
export function createBusAdmin(db: Db): BusAdmin {
  return {
    head: () => db.tx(SCOPE, readHead),

    status: () =>
      db.tx(SCOPE, async (tx) => {
        const parts = (await modules(tx)).map(
          (module) => `select c.group_name, c.paused, case when c.halted_at is not null then coalesce(c.halt_error, '') end as halted,
             -- A type that lags behind the cursor is not handled yet.
             least(c.position, (select min(t.value::bigint) from jsonb_each_text(c.types) t where t.key = any(c.holder_types))) as position,
             (select count(*) from ${module}.inbox_dead_letters d where d.group_name = c.group_name) as letters,
             (select count(*) from ${module}.inbox_dead_letters d where d.group_name = c.group_name and d.retry_at is not null) as retrying
             from ${module}.inbox_cursors c`,
        );
        if (parts.length === 0) return [];
        const rows = await tx.query<{
          group_name: string;
          position: bigint;
          paused: boolean;
          letters: bigint;
          retrying: bigint;
          halted: string | null;
          head: bigint;
          since: Date | null;
        }>(
          `select g.*, h.position as head, (select l.recorded_at from bus.log l where l.last_position > g.position order by l.last_position limit 1) as since from (${parts.join(' union all ')}) g, bus.head h order by g.group_name`,
        );
        return rows.map(({ group_name: group, position, paused, letters, retrying, halted, head, since }) => {
          const lag = head > position ? head - position : 0n;
          return {
            group,
            position,
            head,
            lag,
            waitingSinceMs: since?.getTime() ?? null,
            deadLetters: Number(letters),
            retrying: Number(retrying),
            halted,
            paused,
          };
        });
      }),

    redrive: (group, key) =>
      inGroup(db, group, (tx, module, name) =>
        tx.execute(
          `update ${module}.inbox_dead_letters set redrive = true where group_name = $1 and not redrive and ($2::text is null or key = $2)`,
          [name, key ?? null],
        ),
      ),

    rewind: (group, position) =>
      inGroup(db, group, async (tx, module, name) => {
        const head = await readHead(tx);
        if (position < 0n || position > head) throw new RangeError(`a position of the log is between 0 and ${head}, not ${position}`);
        const [row] = await tx.query<CursorRow>(
          `select position, types, holder_version as "holderVersion", holder_types as "holderTypes" from ${module}.inbox_cursors where group_name = $1`,
          [name],
        );
        await tx.execute(
          `update ${module}.inbox_cursors set position = $2, types = $3, former = null, updated_at = now() where group_name = $1`,
          [name, position, JSON.stringify(rewound(row!, position).types)],
        );
        // What lies ahead of the cursor now will be handled as it comes; a letter kept for it would do it twice.
        await tx.execute(`delete from ${module}.inbox_dead_letters where group_name = $1 and position > $2`, [name, position]);
        return 0;
      }).then(() => undefined),

    pause: (group, paused) =>
      inGroup(db, group, (tx, module, name) =>
        tx.execute(`update ${module}.inbox_cursors set paused = $2, updated_at = now() where group_name = $1`, [name, paused]),
      ).then(() => undefined),
  };
}

async function modules(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ name: string }>('select name from bus.modules order by name');
  for (const { name } of rows) if (!MODULE_NAME.test(name)) throw new Error(`not a module name: ${name}`);
  return rows.map((row) => row.name);
}

/** Finds the module of a group, waits for its batches under way, does the work for each of its lanes and wakes them. Answers the sum. Throws when there is no such group. */
function inGroup(db: Db, group: string, work: (tx: Tx, module: string, name: string) => Promise<number>): Promise<number> {
  return db.tx(SCOPE, async (tx) => {
    for (const module of await modules(tx)) {
      const found = await tx.query<{ name: string }>(
        `select group_name as name from ${module}.inbox_cursors where group_name = $1 or starts_with(group_name, $1 || '#')
         order by length(group_name), group_name for update`,
        [group],
      );
      if (found.length === 0) continue;
      let sum = 0;
      for (const { name } of found) sum += await work(tx, module, name);
      await tx.query(`select pg_notify('lastro_log', '')`);
      return sum;
    }
    throw new Error(`there is no consumer group ${group}`);
  });
}
