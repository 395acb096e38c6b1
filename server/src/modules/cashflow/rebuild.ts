import { readLog } from '#platform/bus/log-reader.ts';
import type { Db, Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { applyEvents, GROUP, type ProjectionDeps, TYPES } from './handlers.ts';
import { clearModel } from './store.ts';

export type RebuildProgress = { position: bigint; until: bigint; events: number };

export type RebuildOptions = {
  /** Rebuilds one tenant's days; those of all when absent. */
  tenantId?: string;
  onProgress?: (progress: RebuildProgress) => void;
};

const PAGE = 1_000;

/**
 * Empties the read model and fills it again from the log, in one transaction that holds the group's cursor: the projection stands
 * still meanwhile and goes on behind the same cursor afterwards; readers see the old figures until the new ones are all there; a
 * crash changes nothing. Events among the dead letters stay there, so that a redrive still counts them once.
 */
export async function rebuildDailyBalances(
  deps: ProjectionDeps & { db: Db; beforeCleared?: (tx: Tx) => Promise<unknown> },
  options: RebuildOptions = {},
): Promise<{ events: number }> {
  return deps.db.tx({ module: 'cashflow', system: true }, async (tx) => {
    const until = await holdGroup(tx);
    const letters = await readLetters(tx);
    await deps.beforeCleared?.(tx);
    await clearModel(tx, options.tenantId ?? null);
    let events = 0;
    let position = 0n;
    let since: string | undefined;
    while (position < until) {
      const page = await readLog(tx, { after: position, types: TYPES, limit: PAGE, ...(since === undefined ? {} : { since }) });
      const wanted = page.events.filter(
        (event) => event.position <= until && !letters.has(event.position) && (!options.tenantId || event.tenantId === options.tenantId),
      );
      for (const run of Map.groupBy(wanted, (event) => event.tenantId).values()) await applyEvents(tx, run, deps);
      events += wanted.length;
      since = page.recordedAt;
      // Nothing further: the cursor stands beyond the head of a log that was emptied.
      if (page.end === position) break;
      position = page.end;
      options.onProgress?.({ position, until, events });
    }
    return { events };
  });
}

/** Takes the group's cursor until the transaction ends and answers where it stands. */
async function holdGroup(tx: Tx): Promise<bigint> {
  const [cursor] = await tx.query<{ position: bigint }>('select position from cashflow.inbox_cursors where group_name = $1 for update', [
    GROUP,
  ]);
  if (!cursor)
    throw refusePlatform('PLATFORM_UNAVAILABLE', {
      detail: { pt: `O grupo ${GROUP} ainda não começou.`, en: `The group ${GROUP} has not begun yet.` },
    });
  return cursor.position;
}

async function readLetters(tx: Tx): Promise<Set<bigint>> {
  const rows = await tx.query<{ position: bigint }>('select position from cashflow.inbox_dead_letters where group_name = $1', [GROUP]);
  return new Set(rows.map((row) => row.position));
}
