import type { Tx } from '../db/db.ts';
import type { LoggedEvent } from './bus.ts';
import { type EventLine, joinEventAt, toEvent } from './log-reader.ts';

/** SQL of a module's `inbox_cursors` and `inbox_dead_letters`; the rules are in `consumer.ts` and `redrive.ts`. */

export type Cursor = {
  position: bigint;
  paused: boolean;
  /** The tenants of this transaction have dead letters in the group. */
  letters: boolean;
};

export async function createCursor(tx: Tx, group: string): Promise<void> {
  await tx.execute(`insert into ${tx.scope.module}.inbox_cursors (group_name) values ($1) on conflict do nothing`, [group]);
}

/** The cursor as it stands, without a lock: from where to read ahead, and whether dead letters wait for being tried again. */
export async function readCursor(tx: Tx, group: string): Promise<{ position: bigint; paused: boolean; redrive: boolean }> {
  const schema = tx.scope.module;
  const [row] = await tx.query<{ position: bigint; paused: boolean; redrive: boolean }>(
    `select position, paused, exists (select from ${schema}.inbox_dead_letters where group_name = $1 and redrive) as redrive
     from ${schema}.inbox_cursors where group_name = $1`,
    [group],
  );
  if (!row) throw new Error(`consumer group ${group} has lost its cursor`);
  return row;
}

/** Takes the group for this transaction, or answers undefined when another process works on it at this moment. */
export async function lockCursor(tx: Tx, group: string): Promise<Cursor | undefined> {
  const schema = tx.scope.module;
  const [row] = await tx.query<Cursor>(
    `select position, paused, exists (select from ${schema}.inbox_dead_letters where group_name = $1) as letters
     from ${schema}.inbox_cursors where group_name = $1 for update skip locked`,
    [group],
  );
  return row;
}

export async function moveCursor(tx: Tx, group: string, position: bigint): Promise<void> {
  await tx.execute(`update ${tx.scope.module}.inbox_cursors set position = $2, updated_at = now() where group_name = $1`, [
    group,
    position,
  ]);
}

/** What order is kept for: a key within its tenant. */
export function orderKey(event: { tenantId: string; key: string }): string {
  return `${event.tenantId} ${event.key}`;
}

/** Those keys of the events that have dead letters. Sees the tenants of the transaction only. */
export async function deadKeys(tx: Tx, group: string, events: readonly LoggedEvent[]): Promise<Set<string>> {
  const rows = await tx.query<{ tenant_id: string; key: string }>(
    `select distinct tenant_id, key from ${tx.scope.module}.inbox_dead_letters
     where group_name = $1 and (tenant_id, key) in (select * from unnest($2::uuid[], $3::text[]))`,
    [group, events.map((event) => event.tenantId), events.map((event) => event.key)],
  );
  return new Set(rows.map((row) => orderKey({ tenantId: row.tenant_id, key: row.key })));
}

/** Puts an event aside. Parked behind a key that is being tried again, it follows along. */
export async function insertDeadLetter(
  tx: Tx,
  group: string,
  event: LoggedEvent,
  letter: { reason: 'failed' | 'parked'; error: string | null; attempts: number; nowMs: number },
): Promise<void> {
  const table = `${tx.scope.module}.inbox_dead_letters`;
  await tx.execute(
    `insert into ${table} (group_name, position, tenant_id, key, event_id, type, reason, error, attempts, created_at, redrive)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
       coalesce((select bool_or(redrive) from ${table} where group_name = $1 and tenant_id = $3 and key = $4), false)`,
    [
      group,
      event.position,
      event.tenantId,
      event.key,
      event.id,
      event.type,
      letter.reason,
      letter.error,
      letter.attempts,
      new Date(letter.nowMs),
    ],
  );
}

/** Dead letters put back in line, oldest first, with their events from the log. Needs the module's system role. */
export function lettersToRedrive(tx: Tx, group: string, limit: number): Promise<LoggedEvent[]> {
  return readLetters(tx, group, 'and d.redrive', limit);
}

/** The oldest dead letters of a group, whether or not they are in line, with their events. Needs the module's system role. */
export function readDeadLetters(tx: Tx, group: string, limit: number): Promise<LoggedEvent[]> {
  return readLetters(tx, group, '', limit);
}

async function readLetters(tx: Tx, group: string, condition: string, limit: number): Promise<LoggedEvent[]> {
  const rows = await tx.query<{ position: bigint; source: string; tenantId: string; line: EventLine }>(
    `select d.position, e.source, e.tenant_id as "tenantId", e.line from ${tx.scope.module}.inbox_dead_letters d ${joinEventAt('d.position')}
     where d.group_name = $1 ${condition} order by d.position limit $2`,
    [group, limit],
  );
  return rows.map(({ line, ...at }) => toEvent(line, at));
}

/** Takes a letter out of line for handling. False when it is gone, or its key failed again meanwhile. */
export async function takeLetter(tx: Tx, group: string, position: bigint): Promise<boolean> {
  const sql = `delete from ${tx.scope.module}.inbox_dead_letters where group_name = $1 and position = $2 and redrive`;
  return (await tx.execute(sql, [group, position])) === 1;
}

/** The event failed again: its whole key waits for the next redrive. */
export async function returnLetters(tx: Tx, group: string, event: LoggedEvent, error: string, attempts: number): Promise<void> {
  const table = `${tx.scope.module}.inbox_dead_letters`;
  await tx.execute(`update ${table} set reason = 'failed', error = $3, attempts = attempts + $4 where group_name = $1 and position = $2`, [
    group,
    event.position,
    error,
    attempts,
  ]);
  await tx.execute(`update ${table} set redrive = false where group_name = $1 and tenant_id = $2 and key = $3`, [
    group,
    event.tenantId,
    event.key,
  ]);
}
