import type { Tx } from '../db/db.ts';
import type { Subscription } from './bus.ts';
import { challengeCursor } from './inbox.ts';
import { type CursorRow, type Former, formerlyUpTo, isDue, type Line, newRow, standingOf, takeOver, withFormer } from './standing.ts';

/**
 * Lanes: cursors of one group that share its keys, so that a slow key delays only its own lane. Which lane a key belongs to follows from key and number of lanes alone. When the
 * number changes, the new lanes begin where the last of the old ones was, and pass over what each old lane had handled.
 */
export type Lane = { group: string; nth: number; of: number };

export const MOST_LANES = 64;
type Keyed = { tenantId: string; key: string };

export function lanesOf({ group, lanes = 1 }: Subscription): Lane[] {
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > MOST_LANES) throw new Error(`a group has 1 to ${MOST_LANES} lanes, not ${lanes}`);
  return Array.from({ length: lanes }, (_, nth) => ({ group, nth, of: lanes }));
}

/** The cursor's name: a group of one lane has the plain one. */
export function nameOf({ group, nth, of }: Lane): string {
  return of === 1 ? group : `${group}#${nth}/${of}`;
}

/** The lane of a key among so many: FNV-1a over tenant and key, the same in every version. */
export function laneOf({ tenantId, key }: Keyed, of: number): number {
  if (of === 1) return 0;
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(`${tenantId} ${key}`)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash % of;
}

/** Whether a lane has an event of a line to handle: it is its own, and nobody had handled it, with this number of lanes or another. */
export function isDueIn(
  lane: Pick<Lane, 'nth' | 'of'>,
  row: CursorRow,
  line: Line,
  event: Keyed & { type: string; position: bigint },
): boolean {
  return laneOf(event, lane.of) === lane.nth && isDue(row, line, event) && !wasHandled(row.former, event);
}

function wasHandled(former: readonly Former[] | null | undefined, event: Keyed & { type: string; position: bigint }): boolean {
  return former?.some((lanes) => event.position <= formerlyUpTo(lanes[laneOf(event, lanes.length)]!, event.type)) ?? false;
}

/** The row each new lane begins with, moved by this subscription. `rows`: all lanes of the former number, in their order. */
export function rowAfter(rows: readonly CursorRow[], subscription: Subscription, head: bigint): CursorRow {
  const taken = rows.map((row) => takeOver(row, subscription, head));
  const position = lowest(taken.map((row) => row.position));
  const names = [...new Set(taken.flatMap(({ types }) => Object.keys(types)))];
  const last: Former = taken.map((row) => ({ position: String(row.position), types: row.types }));
  const types = names.map((type) => {
    const isLevel = taken.every((row) => row.types[type] === null);
    return [type, isLevel ? null : String(lowest(last.map((lane) => formerlyUpTo(lane, type))))] as const;
  });
  const former = new Map([...taken.flatMap((row) => row.former ?? []), last].map((lanes) => [JSON.stringify(lanes), lanes]));
  return withFormer({ ...taken[0]!, position, types: Object.fromEntries(types) }, [...former.values()]);
}

function lowest(positions: readonly bigint[]): bigint {
  return positions.reduce((a, b) => (b < a ? b : a));
}

type FamilyRow = CursorRow & { name: string; paused: boolean; challengedMs: number | null };

/**
 * Makes the cursors of a group's lanes, all at once: new when the group is, else from those of the number it had. Between two subscriptions of different numbers the newer
 * decides (`standingOf`), among equals the higher number; the other `waits` for a sign of life, as in `in-charge.ts`, and takes the group `stale` when none comes.
 */
export async function openLanes(
  tx: Tx,
  lanes: readonly Lane[],
  subscription: Subscription,
  options: { head: bigint; takeOverMs: number },
): Promise<'open' | 'stale' | 'waits'> {
  const [{ group, of }] = lanes as [Lane];
  const table = `${tx.scope.module}.inbox_cursors`;
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('lastro.bus.lanes.' || $1, 0))`, [group]);
  const family = await tx.query<FamilyRow>(
    `select group_name as name, position, types, former, paused, holder_version as "holderVersion", holder_types as "holderTypes",
       (extract(epoch from clock_timestamp() - challenged_at) * 1000)::float8 as "challengedMs"
     from ${table} where group_name = $1 or starts_with(group_name, $1 || '#')
     order by length(group_name), group_name for update`,
    [group],
  );
  const others = family.filter(({ name }) => !lanes.some((lane) => nameOf(lane) === name));
  if (others.length < family.length) return 'open';
  const isNewer = others.every((other) => isBefore(other, others.length, subscription, of));
  if (!isNewer && others.some(({ challengedMs }) => (challengedMs ?? 0) < options.takeOverMs)) {
    for (const { name, challengedMs } of others) if (challengedMs === null) await challengeCursor(tx, name, true);
    return 'waits';
  }
  const row = others.length > 0 ? rowAfter(others, subscription, options.head) : newRow(subscription, options.head);
  const isPaused = others.some(({ paused }) => paused);
  for (const lane of lanes) {
    await tx.execute(
      `insert into ${table} (group_name, position, types, holder_version, holder_types, former, paused) values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        nameOf(lane),
        row.position,
        JSON.stringify(row.types),
        row.holderVersion,
        row.holderTypes,
        row.former ? JSON.stringify(row.former) : null,
        isPaused,
      ],
    );
  }
  if (others.length > 0)
    await moveLetters(
      tx,
      lanes,
      others.map(({ name }) => name),
    );
  return isNewer ? 'open' : 'stale';
}

/** Whether a lane of another number makes way for this subscription. */
function isBefore(lane: CursorRow, lanes: number, subscription: Subscription, wanted: number): boolean {
  const standing = standingOf(lane, subscription);
  return standing === 'takes' || (standing === 'holds' && wanted > lanes);
}

/** What was put aside follows its key; the former lanes are gone. */
async function moveLetters(tx: Tx, lanes: readonly Lane[], formerNames: readonly string[]): Promise<void> {
  const { module } = tx.scope;
  const keys = await tx.query<{ tenantId: string; key: string }>(
    `select distinct tenant_id as "tenantId", key from ${module}.inbox_dead_letters where group_name = any($1)`,
    [formerNames],
  );
  for (const one of keys) {
    await tx.execute(`update ${module}.inbox_dead_letters set group_name = $2 where group_name = any($1) and tenant_id = $3 and key = $4`, [
      formerNames,
      nameOf(lanes[laneOf(one, lanes.length)]!),
      one.tenantId,
      one.key,
    ]);
  }
  await tx.execute(`delete from ${module}.inbox_cursors where group_name = any($1)`, [formerNames]);
}
