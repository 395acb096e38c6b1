import { type Static, Type } from 'typebox';
import type { CallContext } from '../context.ts';
import type { Operation } from '../face/contract.ts';
import { nullable, Uuid } from '../schemas.ts';

/** A sentence for the person it is about, in both languages. */
const Said = { code: Type.String({ maxLength: 60 }), pt: Type.String(), en: Type.String() };
/** Why a person's data cannot be erased now: money that is theirs, or something that is under way. */
export const Obstacle = Type.Object(Said);
export type Obstacle = Static<typeof Obstacle>;
/** What stays after erasure, under which law, and for how many years from the 1st of January after it. */
export const Stay = Type.Object({ ...Said, law: Type.String(), years: Type.Integer({ minimum: 1, maximum: 100 }) });
export type Stay = Static<typeof Stay>;

const whose = {
  subjectId: Uuid,
  /** The accounts that are the person's own; what is sealed for an account is sealed under its own key. */
  accountIds: Type.Array(Uuid, { maxItems: 100 }),
};

/**
 * What every module that keeps something of people offers to those who look after their rights. A module spreads it into its contract; the module
 * `privacy` asks all of them, here or in other processes.
 */
export const personalDataOperations = {
  /** One page of what there is about a person, part by part. Changes nothing. `retained`: of somebody who was erased, as far as law makes it stay. */
  collectPersonalData: {
    input: Type.Object({ ...whose, retained: Type.Boolean(), cursor: nullable(Type.String({ maxLength: 200 })) }),
    output: Type.Object({ part: Type.String(), rows: Type.Array(Type.Unknown()), next: nullable(Type.String()) }),
  },
  /** What is in the way of erasing a person now, and what law makes stay afterwards. Changes nothing. */
  judgeErasure: {
    input: Type.Object(whose),
    output: Type.Object({ obstacles: Type.Array(Obstacle), stays: Type.Array(Stay) }),
  },
  /** Removes what nothing makes stay, before the person's keys go. Repeating it changes nothing. */
  erasePersonalData: { input: Type.Object(whose), output: Type.Object({}) },
} as const satisfies Record<string, Operation>;

export type Whose = { subjectId: string; accountIds: readonly string[] };
type Asked = { subjectId: string; accountIds: string[] };
export type CollectInput = Asked & { retained: boolean; cursor: string | null };
export type Page = { rows: unknown[]; next: string | null };
export type KeeperFace = {
  collectPersonalData(ctx: CallContext, input: CollectInput): Promise<{ part: string; rows: unknown[]; next: string | null }>;
  judgeErasure(ctx: CallContext, input: Asked): Promise<{ obstacles: Obstacle[]; stays: Stay[] }>;
  erasePersonalData(ctx: CallContext, input: Asked): Promise<object>;
};

/** What a module says of itself: what it keeps of people, by the names of its parts; or why it keeps nothing of anybody. */
export type PersonalDataAbout = { parts: Readonly<Record<string, { pt: string; en: string }>> } | { none: string };

/** A module that keeps something, and its face; undefined where this process was not told where it is. */
export type Keeper = { module: string; parts: Readonly<Record<string, { pt: string; en: string }>>; face: KeeperFace | undefined };

type PartReader = (ctx: CallContext, whose: Asked & { retained: boolean }, after: string | null) => Promise<Page>;

/** `collectPersonalData` out of one reader a part; each may have pages of its own. */
export function collectParts(parts: Readonly<Record<string, PartReader>>): KeeperFace['collectPersonalData'] {
  const names = Object.keys(parts);
  return async (ctx, { cursor, ...asked }) => {
    const cut = cursor?.indexOf('/') ?? -1;
    const part = cursor === null ? names[0]! : cursor.slice(0, cut);
    const read = parts[part];
    if (!read || (cursor !== null && cut < 0)) throw new Error('a cursor of personal data that this module never gave');
    const page = await read(ctx, asked, cursor === null ? null : cursor.slice(cut + 1) || null);
    const following = names[names.indexOf(part) + 1];
    const next = page.next === null ? (following === undefined ? null : `${following}/`) : `${part}/${page.next}`;
    return { part, rows: page.rows, next };
  };
}

/** All of a part at once, for what is bounded by what one person can have. */
export const onePage = (read: (ctx: CallContext, whose: Asked & { retained: boolean }) => Promise<unknown[]>): PartReader => {
  return async (ctx, asked) => ({ rows: await read(ctx, asked), next: null });
};

/** Rows in the order of an id, this many at a time. */
export const PART_PAGE = 200;

/** A page out of rows that were read in the order of a key, one more than are shown. */
export function pageOf<R>(rows: readonly R[], keyOf: (row: R) => string, show: (row: R) => unknown): Page {
  const shown = rows.slice(0, PART_PAGE);
  const last = shown.at(-1);
  return { rows: shown.map(show), next: rows.length > PART_PAGE && last !== undefined ? keyOf(last) : null };
}
