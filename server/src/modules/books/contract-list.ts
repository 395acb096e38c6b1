import { type Static, Type } from 'typebox';
import { BusinessDate, Minor, nullable, Uuid } from '#platform/schemas.ts';
import { literals } from './contract-chart.ts';
import { Entry, KindName, MethodName, StateName, Tag } from './contract-entries.ts';

/** What entries are found by. */
export const entryFilter = {
  /** Which of its days `from`, `to`, the order and the totals are of: that of payment (what moved in places), or the competência (what it is for). */
  by: Type.Optional(literals(['date', 'competence'] as const, 'date: pagamento; competence: competência')),
  from: Type.Optional(BusinessDate),
  to: Type.Optional(BusinessDate),
  placeId: Type.Optional(Uuid),
  storeId: Type.Optional(Uuid),
  categoryId: Type.Optional(Uuid),
  kind: Type.Optional(KindName),
  method: Type.Optional(MethodName),
  state: Type.Optional(StateName),
  unsorted: Type.Optional(Type.Boolean({ description: 'Só o que está em "a classificar"' })),
  tag: Type.Optional(Tag),
  /** Words of text and tags, an amount such as 18,50, or the whole name of a counterparty. */
  search: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  originModule: Type.Optional(Type.String({ minLength: 1, maxLength: 40 })),
};
export const EntryFilter = Type.Object(entryFilter);
export type EntryFilter = Static<typeof EntryFilter>;

const InAndOut = {
  /**
   * By payment: what came into the places asked for, and went out of them; transfers between them count in neither. By competência: what was earned
   * and spent. With a category: that category's lines alone. What was refused, or reversed on its own day, counts nowhere.
   */
  inMinor: Minor,
  outMinor: Minor,
};
export const Sums = Type.Object({ count: Type.Integer({ description: 'Found, whatever became of them' }), ...InAndOut });
export type Sums = Static<typeof Sums>;
const DaySums = Type.Object({ date: BusinessDate, ...InAndOut });

export const EntryPage = Type.Object({
  /** The latest day first, and within a day what was recorded last. */
  entries: Type.Array(Entry),
  /** Of each day shown: all that is found of it, also what the next page shows. */
  days: Type.Array(DaySums),
  /** Of all that is found; only with the first page. */
  sums: nullable(Sums),
  next: nullable(Type.String()),
});
export type EntryPage = Static<typeof EntryPage>;

export const Paging = {
  cursor: Type.Optional(Type.String({ maxLength: 100 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
};
