import { type Static, Type } from 'typebox';
import { BusinessDate, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';
import { Entry, MethodName } from './contract-entries.ts';

/** The day of a shop, as people look at it. */

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
