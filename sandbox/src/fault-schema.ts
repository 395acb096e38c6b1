import { type Static, type TOptional, Type } from 'typebox';
import { strict } from './schemas.ts';

/**
 * How often a fault strikes: `true` always; `{count}` (or a whole number) the next so many times; `{probability}` (or a number
 * between 0 and 1) by a seeded draw, the n-th call always the same.
 */
const Dose = Type.Union([
  Type.Boolean(),
  Type.Number({ minimum: 0, maximum: 1_000_000 }),
  strict({ count: Type.Integer({ minimum: 0, maximum: 1_000_000 }) }),
  strict({ probability: Type.Number({ minimum: 0, maximum: 1 }) }),
]);
export type Dose = Static<typeof Dose>;
const DelayMs = Type.Integer({ minimum: 0, maximum: 600_000 });
const RepeatMs = Type.Integer({ minimum: 0, maximum: 90 * 86_400_000 });

/** Turned away before anything was looked at. */
const DOOR = ['error400', 'error401', 'error403', 'error429'] as const;
/** What the bytes of an answer are like, whatever they were to say. */
const WIRE = ['html200', 'html502', 'cutOff', 'failureInside', 'unknownCode'] as const;
/** Money, ids and texts that are not as they should be. */
const VALUES = ['amountMissing', 'amountOther', 'amountNumber', 'amountDecimals', 'ownIdMissing', 'ownIdOther'] as const;
const TEXTS = ['reasonNul', 'reasonSurrogate', 'reasonLong'] as const;
const ORDER = [
  'timeoutBeforeExecute',
  'timeoutAfterExecute',
  'arriveLate',
  'error500',
  'error500AfterExecute',
  'forget',
  'duplicate422',
  'duplicate409',
  'finalInPost',
  'settledThenRejected',
  'rejectedThenSettled',
  ...DOOR,
] as const;
const ANSWER = [...WIRE, ...VALUES, ...TEXTS, 'statusUnknown'] as const;
const QUERY = ['error500', ...DOOR, ...ANSWER] as const;
const STATEMENT = ['error500', ...DOOR, ...WIRE] as const;
const DICT = ['error500', ...DOOR, ...WIRE] as const;
const BLOCKLIST = ['error500', 'lie', ...DOOR, ...WIRE, ...TEXTS] as const;
const WEBHOOK = ['duplicate', 'reorder', 'beforeAnswer', 'never', 'neverReceived', 'newIds', 'typeUnknown', ...VALUES, ...TEXTS] as const;

const doses = <N extends string>(names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, Type.Optional(Dose)])) as Record<N, TOptional<typeof Dose>>;
const delays = <N extends string>(...names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, Type.Optional(DelayMs)])) as Record<N, TOptional<typeof DelayMs>>;
const RetryAfterS = { retryAfterS: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600 })) };

const switches = {
  ...doses(ORDER),
  ...delays('latencyMs', 'arriveLateMs', 'turnAfterMs'),
  ...RetryAfterS,
  answer: Type.Optional(strict({ ...doses(ANSWER), ...delays('dripMs') })),
  webhook: Type.Optional(strict({ ...doses(WEBHOOK), ...delays('delayMs'), repeatAfterMs: Type.Optional(RepeatMs) })),
  rejectKeys: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 77 }), { maxItems: 1000 })),
  query: Type.Optional(strict({ ...doses(QUERY), ...delays('latencyMs', 'dripMs', 'notFoundMs'), ...RetryAfterS })),
};
/** What can be switched for one payment or arrival alone. */
const FaultsOfOne = strict(switches);
export type FaultsOfOne = Static<typeof FaultsOfOne>;

export const MAX_SUBJECTS = 20_000;
export const Faults = strict({
  ...switches,
  seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 2 ** 31 })),
  statement: Type.Optional(strict({ ...doses(STATEMENT), ...delays('latencyMs', 'lagMs', 'lateMs', 'dripMs'), ...RetryAfterS })),
  dict: Type.Optional(strict({ ...doses(DICT), ...delays('latencyMs', 'dripMs'), ...RetryAfterS })),
  blocklist: Type.Optional(strict({ ...doses(BLOCKLIST), ...delays('latencyMs', 'dripMs'), ...RetryAfterS })),
  only: Type.Optional(Type.Record(Type.String({ minLength: 1, maxLength: 100 }), FaultsOfOne, { maxProperties: MAX_SUBJECTS })),
});
export type Faults = Static<typeof Faults>;

/** Groups of calls whose answers have manners of their own. */
export type AnswerGroup = 'answer' | 'query' | 'statement' | 'dict' | 'blocklist';
export type DoorName = (typeof DOOR)[number];
export type AnswerName = (typeof ANSWER)[number];
export type Oddity = (typeof VALUES)[number] | (typeof TEXTS)[number] | 'statusUnknown' | 'typeUnknown';

const GROUPS = { answer: ANSWER, webhook: WEBHOOK, query: QUERY, statement: STATEMENT, dict: DICT, blocklist: BLOCKLIST } as const;
type Groups = typeof GROUPS;
/** Every fault that strikes now and then, by its path in {@link Faults}. */
export type FaultName = (typeof ORDER)[number] | { [G in keyof Groups]: `${G}.${Groups[G][number]}` }[keyof Groups];
export const FAULT_NAMES = [
  ...ORDER,
  ...Object.entries(GROUPS).flatMap(([group, names]) => names.map((name) => `${group}.${name}`)),
] as readonly FaultName[];
export const ODDITIES: readonly Oddity[] = [...VALUES, ...TEXTS, 'statusUnknown', 'typeUnknown'];
