import { type Static, Type } from 'typebox';
import { BusinessDate, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';
import { literals } from './contract-chart.ts';
import { Entry, MethodName } from './contract-entries.ts';

/** What is read of a shop's books by people: lists, sums, the day. */

export const MOST_LISTED = 200;
export const MOST_SORTED = 200;

/** Which entries: every condition given must hold. */
export const EntryQuery = Type.Object(
  {
    from: Type.Optional({ ...BusinessDate, description: 'Do dia' }),
    to: Type.Optional({ ...BusinessDate, description: 'Até o dia' }),
    search: Type.Optional(
      Type.String({ minLength: 1, maxLength: 60, description: 'Parte da descrição ou das etiquetas, ou o nome inteiro de quem' }),
    ),
    kind: Type.Optional(literals(['in', 'out', 'transfer', 'opening'] as const)),
    unsorted: Type.Optional(Type.Literal('true', { description: 'Só o que está a classificar' })),
    placeId: Type.Optional(Uuid),
    categoryId: Type.Optional(Uuid),
    state: Type.Optional(Type.Literal('refused', { description: 'Só o que o razão recusou' })),
    cursor: Type.Optional(Type.String({ maxLength: 200 })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: MOST_LISTED })),
  },
  { additionalProperties: false },
);
export type EntryQuery = Static<typeof EntryQuery>;

const DaySums = Type.Object({ date: BusinessDate, inMinor: Minor, outMinor: Minor });
export const EntryPage = Type.Object({
  /** Newest day first, and within a day what was recorded last. */
  entries: Type.Array(Entry),
  /** Of each day shown: all that is found of it, also what the next page shows. */
  days: Type.Array(DaySums),
  /** Of all that is found; only with the first page. */
  sums: nullable(Type.Object({ count: Type.Integer(), inMinor: Minor, outMinor: Minor })),
  next: nullable(Type.String()),
});
export type EntryPage = Static<typeof EntryPage>;

export const Sorted = Type.Object({
  sorted: Type.Integer(),
  refused: Type.Array(Type.Object({ entryId: Uuid, code: Type.String() })),
});
export type Sorted = Static<typeof Sorted>;

export const Today = Type.Object({
  date: BusinessDate,
  /** Of all places; what is still on its way to the ledger is not in it. */
  totalMinor: SignedMinor,
  places: Type.Array(Type.Object({ id: Uuid, balanceMinor: SignedMinor })),
  soldMinor: Minor,
  soldCount: Type.Integer(),
  /** A week before, the whole day; null where nothing was sold. */
  soldBeforeMinor: nullable(Minor),
  byMethod: Type.Array(Type.Object({ method: nullable(MethodName), amountMinor: Minor, count: Type.Integer() })),
  outMinor: Minor,
  recent: Type.Array(Entry),
  waiting: Type.Object({
    /** In "a classificar". */
    unsorted: Type.Integer(),
    /** Durable, and on their way to the ledger. */
    accepted: Type.Integer(),
    refused: Type.Integer(),
  }),
});
export type Today = Static<typeof Today>;
