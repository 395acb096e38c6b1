import { instant, plainArray, textArray } from '../db/arrays.ts';
import type { Tx } from '../db/db.ts';
import type { LoggedEvent } from './bus.ts';
import { type EventLine, joinEventAt, toEvent } from './log-reader.ts';
import type { CursorRow } from './standing.ts';

/** SQL of a module's `inbox_cursors` and `inbox_dead_letters`; the rules are in `standing.ts`, `consumer.ts` and `retries.ts`. */

export type Cursor = CursorRow & {
  paused: boolean;
  /** The tenants of this transaction have events put aside in the group. */
  letters: boolean;
  /** How long a process with an older subscription has been waiting for a sign of life, in milliseconds; null when none is. */
  challengedMs: number | null;
  isHalted: boolean;
};

const COLUMNS = `position, paused, types, former, holder_version as "holderVersion", holder_types as "holderTypes",
  halted_at is not null as "isHalted", (extract(epoch from clock_timestamp() - challenged_at) * 1000)::float8 as "challengedMs"`;

/** The cursor as it stands, without a lock: from where to read ahead, and whether events put aside are to be tried again now. */
export async function readCursor(tx: Tx, group: string): Promise<(Cursor & { retry: boolean }) | undefined> {
  const schema = tx.scope.module;
  const letters = `exists (select from ${schema}.inbox_dead_letters where group_name = $1`;
  const [row] = await tx.query<Cursor & { retry: boolean }>(
    `select ${COLUMNS}, ${letters}) as letters, ${letters} and redrive) or ${letters} and retry_at <= now()) as retry
     from ${schema}.inbox_cursors where group_name = $1`,
    [group],
  );
  return row;
}

/** Takes the group for this transaction, or answers undefined when another process works on it at this moment. Retries go on beside it. */
export async function lockCursor(tx: Tx, group: string): Promise<Cursor | undefined> {
  const schema = tx.scope.module;
  const [row] = await tx.query<Cursor>(
    `select ${COLUMNS}, exists (select from ${schema}.inbox_dead_letters where group_name = $1) as letters
     from ${schema}.inbox_cursors where group_name = $1 for no key update skip locked`,
    [group],
  );
  return row;
}

/** Keeps operators (pause, rewind) out for this transaction, and nobody else. False when one is at it, or the group is paused. */
export async function shareCursor(tx: Tx, group: string): Promise<boolean> {
  const rows = await tx.query<{ paused: boolean }>(
    `select paused from ${tx.scope.module}.inbox_cursors where group_name = $1 for key share skip locked`,
    [group],
  );
  return rows[0]?.paused === false;
}

/** Writes the cursor down. What moves is in good order again. */
export function moveCursor(tx: Tx, group: string, row: CursorRow): void {
  tx.send(
    `update ${tx.scope.module}.inbox_cursors set position = $2, types = $3, holder_version = $4, holder_types = $5,
       former = $6, challenged_at = null, halted_at = null, halt_error = null, updated_at = now() where group_name = $1`,
    [group, row.position, JSON.stringify(row.types), row.holderVersion, row.holderTypes, row.former ? JSON.stringify(row.former) : null],
  );
}

/** Says that an older subscription waits for a sign of life, or that there is one. */
export async function challengeCursor(tx: Tx, group: string, isChallenged: boolean): Promise<void> {
  const value = isChallenged ? 'coalesce(challenged_at, clock_timestamp())' : 'null';
  await tx.execute(`update ${tx.scope.module}.inbox_cursors set challenged_at = ${value} where group_name = $1`, [group]);
}

export async function haltCursor(tx: Tx, group: string, error: string): Promise<void> {
  await tx.execute(
    `update ${tx.scope.module}.inbox_cursors set halted_at = coalesce(halted_at, now()), halt_error = $2 where group_name = $1`,
    [group, error],
  );
}

/** What order is kept for: a key within its tenant. */
export function orderKey(event: { tenantId: string; key: string }): string {
  return `${event.tenantId} ${event.key}`;
}

/**
 * Those keys of the events that have events put aside. Sees the tenants of the transaction only. Waits for a retry under way of such a key: what
 * is parked behind its last letter would be left behind.
 */
export async function deadKeys(tx: Tx, group: string, events: readonly LoggedEvent[]): Promise<Set<string>> {
  const rows = await tx.query<{ tenant_id: string; key: string }>(
    `select tenant_id, key from ${tx.scope.module}.inbox_dead_letters
     where group_name = $1 and (tenant_id, key) in (select * from unnest($2::uuid[], $3::text[])) for key share`,
    [group, events.map((event) => event.tenantId), events.map((event) => event.key)],
  );
  return new Set(rows.map((row) => orderKey({ tenantId: row.tenant_id, key: row.key })));
}

export type Letter = {
  event: LoggedEvent;
  reason: 'parked' | 'retrying';
  error: string | null;
  attempts: number;
  retryAtMs: number | null;
};

/** Puts events aside. Parked behind a key that is being put back in line, they follow along. */
export async function insertLetters(tx: Tx, group: string, letters: readonly Letter[], nowMs: number): Promise<void> {
  if (letters.length === 0) return;
  const table = `${tx.scope.module}.inbox_dead_letters`;
  const of = <T>(pick: (letter: Letter) => T): T[] => letters.map(pick);
  await tx.execute(
    `insert into ${table} (group_name, position, tenant_id, key, event_id, type, reason, error, attempts, retry_at, created_at, redrive)
     select $1, n.*, $2::timestamptz,
       coalesce((select bool_or(redrive) from ${table} d where d.group_name = $1 and d.tenant_id = n.tenant_id and d.key = n.key), false)
     from unnest($3::bigint[], $4::uuid[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::int[], $11::timestamptz[])
       n (position, tenant_id, key, event_id, type, reason, error, attempts, retry_at)`,
    [
      group,
      new Date(nowMs),
      plainArray(of(({ event }) => event.position)),
      plainArray(of(({ event }) => event.tenantId)),
      textArray(of(({ event }) => event.key)),
      plainArray(of(({ event }) => event.id)),
      textArray(of(({ event }) => event.type)),
      plainArray(of(({ reason }) => reason)),
      textArray(of(({ error }) => error)),
      plainArray(of(({ attempts }) => attempts)),
      plainArray(of(({ retryAtMs }) => (retryAtMs === null ? null : `"${instant(retryAtMs)}"`))),
    ],
  );
}

/** Events put aside that are to be tried again now and have nothing of their key before them, oldest first. Needs the module's system role. */
export function dueLetters(tx: Tx, group: string, limit: number): Promise<PutAside[]> {
  const table = `${tx.scope.module}.inbox_dead_letters`;
  const isFirst = `not exists (select from ${table} b where b.group_name = d.group_name and b.tenant_id = d.tenant_id and b.key = d.key
    and b.position < d.position)`;
  return readLetters(tx, group, `and (d.redrive or d.retry_at <= now()) and ${isFirst}`, limit);
}

/** The oldest events put aside by a group, whatever they wait for. Needs the module's system role. */
export async function readDeadLetters(tx: Tx, group: string, limit: number): Promise<LoggedEvent[]> {
  return (await readLetters(tx, group, '', limit)).map(({ event }) => event);
}

export type PutAside = { event: LoggedEvent; attempts: number; redrive: boolean };

async function readLetters(tx: Tx, group: string, condition: string, limit: number): Promise<PutAside[]> {
  const rows = await tx.query<{ position: bigint; source: string; tenantId: string; line: EventLine; attempts: number; redrive: boolean }>(
    `select d.position, d.attempts, d.redrive, e.source, e.tenant_id as "tenantId", e.line
     from ${tx.scope.module}.inbox_dead_letters d ${joinEventAt('d.position')}
     where d.group_name = $1 ${condition} order by d.position limit $2`,
    [group, limit],
  );
  return rows.map(({ line, attempts, redrive, ...at }) => ({ event: toEvent(line, at), attempts, redrive }));
}

/** How long until the next retry is due, in milliseconds; null when none is planned. */
export async function nextRetryMs(tx: Tx, group: string): Promise<number | null> {
  const [row] = await tx.query<{ ms: number | null }>(
    `select (extract(epoch from min(retry_at) - clock_timestamp()) * 1000)::float8 as ms
     from ${tx.scope.module}.inbox_dead_letters where group_name = $1 and retry_at is not null`,
    [group],
  );
  return row?.ms ?? null;
}

/** Takes a letter for handling, and lets the next of its key follow. False when it is gone, in other hands, or no longer due. */
export async function takeLetter(tx: Tx, group: string, { position, tenantId, key }: LoggedEvent): Promise<boolean> {
  const table = `${tx.scope.module}.inbox_dead_letters`;
  const found = await tx.query(
    `select from ${table} where group_name = $1 and position = $2 and (redrive or retry_at <= now()) for update skip locked`,
    [group, position],
  );
  if (found.length === 0) return false;
  await tx.execute(`delete from ${table} where group_name = $1 and position = $2`, [group, position]);
  await tx.execute(
    `update ${table} set retry_at = now() where group_name = $1 and reason = 'parked' and position =
       (select min(position) from ${table} where group_name = $1 and tenant_id = $2 and key = $3)`,
    [group, tenantId, key],
  );
  return true;
}

/** The event failed again: it is tried later, or, without a time for that, its whole key waits until somebody puts it back in line. */
export async function returnLetter(tx: Tx, group: string, event: LoggedEvent, error: string, retryAtMs: number | null): Promise<void> {
  const table = `${tx.scope.module}.inbox_dead_letters`;
  await tx.execute(
    `update ${table} set reason = $3, error = $4, attempts = attempts + 1, retry_at = $5 where group_name = $1 and position = $2`,
    [group, event.position, retryAtMs === null ? 'failed' : 'retrying', error, retryAtMs === null ? null : new Date(retryAtMs)],
  );
  await tx.execute(`update ${table} set redrive = false where group_name = $1 and tenant_id = $2 and key = $3`, [
    group,
    event.tenantId,
    event.key,
  ]);
}
