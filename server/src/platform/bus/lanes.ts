import type { Tx } from '../db/db.ts';
import type { Subscription } from './bus.ts';
import { challengeCursor } from './inbox.ts';
import { type CursorRow, type Former, handledUpTo, versionOf } from './standing.ts';

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

/** Whether the group had handled an event before its number of lanes was changed. */
export function wasHandled(former: Former | null | undefined, event: Keyed & { type: string; position: bigint }): boolean {
  if (!former) return false;
  const nth = laneOf(event, former.rows.length);
  const row = { ...former.rows[nth]!, position: BigInt(former.positions[nth]!) };
  return event.position <= handledUpTo(row, event.type) || wasHandled(row.former, event);
}

/** The row each new lane begins with. `rows`: all lanes of the former number, in their order. */
export function rowAfter(rows: readonly CursorRow[]): CursorRow {
  const positions = rows.map(({ position }) => position).sort((a, b) => (a < b ? -1 : 1));
  const position = positions[0]!;
  const names = [...new Set(rows.flatMap(({ types }) => Object.keys(types)))];
  const types = names.map((type) => {
    const [lowest] = rows.map((row) => handledUpTo(row, type)).sort((a, b) => (a < b ? -1 : 1)) as [bigint];
    return [type, lowest === position ? null : String(lowest)] as const;
  });
  const { holderVersion, holderTypes } = rows[0]!;
  const former: Former = {
    rows: rows.map((row) => ({ types: row.types, former: row.former ?? null })),
    positions: rows.map((row) => String(row.position)),
    upTo: String(positions.at(-1)!),
  };
  return {
    position,
    types: Object.fromEntries(types),
    holderVersion,
    holderTypes,
    former: rows.length === 1 && isPlain(rows[0]!) ? null : former,
  };
}

/** One lane that had nothing left behind: all behind its position is handled, and nothing else. */
function isPlain({ types, former }: CursorRow): boolean {
  return !former && Object.values(types).every((mark) => mark === null);
}

type FamilyRow = CursorRow & { name: string; paused: boolean; challengedMs: number | null };

/**
 * Makes the cursors of a group's lanes, all at once: from `fresh` when the group is new, else from those of the number it had. Between two subscriptions of different numbers
 * the higher version decides, then the higher number; the other waits for a sign of life, as in `in-charge.ts`. False when it is to wait.
 */
export async function openLanes(
  tx: Tx,
  lanes: readonly Lane[],
  subscription: Subscription,
  options: { fresh: CursorRow; takeOverMs: number },
): Promise<boolean> {
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
  if (others.length < family.length) return true;
  if (others.length > 0 && !mayChange(subscription, of, others, options.takeOverMs)) {
    for (const { name, challengedMs } of others) if (challengedMs === null) await challengeCursor(tx, name, true);
    return false;
  }
  const row = others.length > 0 ? rowAfter(others) : options.fresh;
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
  return true;
}

function mayChange(subscription: Subscription, of: number, others: readonly FamilyRow[], takeOverMs: number): boolean {
  const holder = others[0]!.holderVersion;
  const version = versionOf(subscription);
  if (holder === null || version > holder) return true;
  if (version === holder && of > others.length) return true;
  return others.every(({ challengedMs }) => (challengedMs ?? 0) >= takeOverMs);
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
