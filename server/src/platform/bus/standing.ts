import type { Subscription } from './bus.ts';

/**
 * Which process may move a group's cursor, and what it still has to handle: decided from the cursor's row alone, so that two versions of a
 * subscription can live side by side and nothing is skipped. Pure; the SQL is in inbox.ts. See docs/adr/0014.
 */

/** Up to which position a type has been handled: null means up to the cursor's position. Text, as JSON keeps it. */
export type TypeMarks = Readonly<Record<string, string | null>>;

export type CursorRow = {
  position: bigint;
  types: TypeMarks;
  /** Version and types of the subscription that moves the cursor; null before anybody did, and for a row older than these columns. */
  holderVersion: number | null;
  holderTypes: readonly string[] | null;
  /** What the group had handled with other numbers of lanes, as long as that says more than this row. */
  former?: readonly Former[] | null;
};

/** How far each lane of a former number had come, in their order. Text, as JSON keeps it. */
export type Former = readonly { readonly position: string; readonly types: TypeMarks }[];

export type Standing =
  /** The cursor is moved by a subscription like this one. */
  | 'holds'
  /** This one is newer: it takes the cursor. */
  | 'takes'
  /** This one is older: it leaves the cursor to the newer one, for as long as that one lives. */
  | 'yields';

/** What to read next: events after `from`, up to `upTo` when there is such a limit. */
export type Line = { from: bigint; upTo: bigint | null; types: readonly string[]; isCatchUp: boolean };

const ALL = '*';
export const versionOf = (subscription: Subscription): number => subscription.version ?? 1;

export function standingOf(row: CursorRow, subscription: Subscription): Standing {
  const { holderVersion, holderTypes } = row;
  if (holderVersion === null || holderTypes === null) return 'takes';
  const version = versionOf(subscription);
  if (version !== holderVersion) return version > holderVersion ? 'takes' : 'yields';
  const isKnown = covers(holderTypes, subscription.types);
  const isWhole = covers(subscription.types, holderTypes);
  if (isKnown && isWhole) return 'holds';
  if (isWhole) return 'takes';
  if (isKnown) return 'yields';
  throw new Error(
    `the group ${subscription.group} is moved for the types ${holderTypes.join(', ')}; one that wants others instead needs a higher version`,
  );
}

function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  return wide.includes(ALL) || narrow.every((type) => wide.includes(type));
}

/** Where a new group begins. */
export function newRow(subscription: Subscription, head: bigint): CursorRow {
  const marks = subscription.types.map((type) => [type, startOf(subscription, type)] as const);
  const isAllNow = marks.every(([, start]) => start === 'now');
  const position = isAllNow ? head : 0n;
  const types = marks.map(([type, start]) => [type, start === 'now' && position < head ? String(head) : null] as const);
  return held({ position, types: Object.fromEntries(types), holderVersion: null, holderTypes: null }, subscription);
}

function startOf({ from }: Subscription, type: string): 'beginning' | 'now' {
  if (typeof from === 'object') return from[type] ?? 'beginning';
  return from ?? 'beginning';
}

/** The row once this subscription moves the cursor: types it adds begin where it says, those it does not want are left behind where they are. */
export function takeOver(row: CursorRow, subscription: Subscription, head: bigint): CursorRow {
  const isOld = row.holderTypes === null;
  const types: Record<string, string | null> = {};
  for (const [type, mark] of Object.entries(row.types)) {
    types[type] = covers(subscription.types, [type]) ? mark : (mark ?? String(row.position));
  }
  for (const type of subscription.types) {
    if (type in types) continue;
    if (isOld) types[type] = null;
    else if (ALL in row.types) types[type] = row.types[ALL]!;
    else if (startOf(subscription, type) === 'now') types[type] = head > row.position ? String(head) : null;
    else types[type] = row.position > 0n ? '0' : null;
  }
  return held({ ...row, types }, subscription);
}

function held(row: CursorRow, subscription: Subscription): CursorRow {
  return { ...row, holderVersion: versionOf(subscription), holderTypes: [...subscription.types].sort() };
}

/** Types that lag behind the cursor come first, from the furthest back up to the next; then the line goes on. */
export function nextLine(row: CursorRow, subscription: Subscription): Line {
  // Who wants all also wants what the row knows by name.
  const wanted = subscription.types.includes(ALL) ? [...new Set([ALL, ...Object.keys(row.types)])] : subscription.types;
  const lagging = wanted.filter((type) => handledUpTo(row, type) < row.position);
  if (lagging.length === 0) return { from: row.position, upTo: null, types: subscription.types, isCatchUp: false };
  const marks = [...new Set(lagging.map((type) => handledUpTo(row, type)))].sort((a, b) => (a < b ? -1 : 1));
  const [from, upTo = row.position] = marks as [bigint, bigint?];
  return { from, upTo, types: lagging.filter((type) => handledUpTo(row, type) === from), isCatchUp: true };
}

/** Whether an event of a line has not been handled by whoever moved the cursor before. */
export function isDue(row: CursorRow, line: Line, event: { type: string; position: bigint }): boolean {
  if (line.upTo !== null && event.position > line.upTo) return false;
  return event.position > handledUpTo(row, event.type);
}

export function handledUpTo({ position, types }: Pick<CursorRow, 'position' | 'types'>, type: string): bigint {
  const mark = type in types ? types[type] : types[ALL];
  return mark === null || mark === undefined ? position : BigInt(mark);
}

/** The row once all of a line up to a position has been handled. */
export function advance(row: CursorRow, line: Line, to: bigint): CursorRow {
  const types: Record<string, string | null> = { ...row.types };
  if (line.isCatchUp) {
    for (const type of line.types) types[type] = to >= row.position ? null : String(to);
    return withFormer({ ...row, types }, row.former);
  }
  // A type that begins ahead of the cursor is like the others once the cursor has come there.
  for (const [type, mark] of Object.entries(row.types)) {
    if (mark !== null && covers(line.types, [type]) && BigInt(mark) <= to) types[type] = null;
  }
  return withFormer({ ...row, types, position: to }, row.former);
}

/**
 * The row with those of the former lanes that say more than it does by itself. Each is asked for itself: lanes that were fewer events behind may have been followed by others
 * that never came so far.
 */
export function withFormer(row: CursorRow, former: readonly Former[] | null | undefined): CursorRow {
  const { former: _before, ...rest } = row;
  const kept = former?.filter((lanes) => lanes.some((lane) => saysMore(lane, rest))) ?? [];
  return kept.length > 0 ? { ...rest, former: kept } : rest;
}

function saysMore(lane: Former[number], row: CursorRow): boolean {
  const types = new Set([...Object.keys(lane.types), ...Object.keys(row.types)]);
  return [...types].some((type) => formerlyUpTo(lane, type) > handledUpTo(row, type));
}

/** Up to where a former lane had handled a type: nothing of one that it did not know. */
export function formerlyUpTo({ position, types }: Former[number], type: string): bigint {
  return type in types || ALL in types ? handledUpTo({ position: BigInt(position), types }, type) : 0n;
}

/** The row after a rewind: everything behind the new position has been handled as far as it had, everything ahead of it has not. */
export function rewound(row: CursorRow, position: bigint): CursorRow {
  const types = Object.entries(row.types).map(([type, mark]) => {
    const upTo = mark === null ? row.position : BigInt(mark);
    const isWanted = row.holderTypes === null || covers(row.holderTypes, [type]);
    if (isWanted && upTo >= position) return [type, null];
    return [type, String(upTo < position ? upTo : position)];
  });
  const { former: _handled, ...rest } = row;
  return { ...rest, position, types: Object.fromEntries(types) };
}

/**
 * One text for all that says what is handled: whoever worked out what to do next compares it under the cursor's lock. Lanes may be changed and changed back meanwhile, and the
 * row stand where it stood, with more behind it.
 */
export function stampOf({ position, types, former }: CursorRow): string {
  const marks = Object.keys(types).sort();
  return `${position} ${marks.map((type) => `${type}=${types[type] ?? ''}`).join(' ')} ${JSON.stringify(former ?? [])}`;
}
