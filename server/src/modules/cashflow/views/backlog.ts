import { readDeadLetters } from '#platform/bus/inbox.ts';
import { readLog } from '#platform/bus/log-reader.ts';
import type { Clock } from '#platform/clock.ts';
import { instantMs } from '#platform/dates.ts';
import type { Db } from '#platform/db/db.ts';

/** What the projection has not done yet. */
export type Backlog = {
  /** When the oldest event that waits to be projected happened, in epoch milliseconds; null when none waits. */
  oldestMs: number | null;
  /** Data of events that failed and wait for a redrive, with their tenants: their accounts' figures are incomplete. */
  letters: { tenantId: string; text: string; atMs: number }[];
};

const LETTERS_SHOWN = 200;

/** Reads how far the group is behind the log. Works for all tenants, so it answers no more than times and, to the caller, letters. */
export async function readBacklog(db: Db, group: string, types: readonly string[]): Promise<Backlog> {
  return db.tx({ module: 'cashflow', system: true }, async (tx) => {
    const [cursor] = await tx.query<{ position: bigint; letters: boolean }>(
      `select least(position, (select min(t.value::bigint) from jsonb_each_text(types) t where t.key = any(holder_types))) as position,
         exists (select from cashflow.inbox_dead_letters where group_name = $1) as letters
       from cashflow.inbox_cursors where group_name = $1`,
      [group],
    );
    let page = await readLog(tx, { after: cursor?.position ?? 0n, types, limit: 1 });
    // A publication may hold wanted events that are done and others that nobody wants; what waits is behind it then.
    while (page.events.length === 0 && page.end < page.head) page = await readLog(tx, { after: page.end, types, limit: 1 });
    const first = page.events[0];
    const letters = cursor?.letters ? await readDeadLetters(tx, group, LETTERS_SHOWN) : [];
    return {
      oldestMs: first ? instantMs(first.time) : null,
      letters: letters.map(({ tenantId, data, time }) => ({ tenantId, text: JSON.stringify(data), atMs: instantMs(time) })),
    };
  });
}

/** Since when an account's figures are incomplete, in epoch milliseconds; null when nothing of it waits. */
export function waitingSince(backlog: Backlog, tenantId: string, accountId: string): number | null {
  const times = backlog.letters.filter((letter) => letter.tenantId === tenantId && letter.text.includes(accountId)).map((one) => one.atMs);
  if (backlog.oldestMs !== null) times.push(backlog.oldestMs);
  return times.length === 0 ? null : Math.min(...times);
}

/** Seconds the projection is behind: the age of the oldest event not in the figures, failed ones included. 0 when it is up to date. */
export function lagSeconds(backlog: Backlog, clock: Clock): number {
  const oldest = Math.min(backlog.oldestMs ?? Number.POSITIVE_INFINITY, ...backlog.letters.map((letter) => letter.atMs));
  return oldest === Number.POSITIVE_INFINITY ? 0 : Math.max(0, (clock.now() - oldest) / 1000);
}
