import { Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { BusinessDate, nullable, Uuid } from '#platform/schemas.ts';
import { Category, NewCategory, NewPlace, NewStore, Place, Shop, Store } from './contract-chart.ts';
import { AcceptedOnce, Entry, EntryHistory, Line, NewEntry, Reason, RecordResult, Ref } from './contract-entries.ts';
import { EntryPage, EntryQuery, MOST_SORTED, Sorted, Today } from './contract-reads.ts';

export * from './contract-chart.ts';
export * from './contract-entries.ts';
export * from './contract-reads.ts';

const On = { accountId: Uuid };
const OneEntry = { ...On, entryId: Uuid };

/**
 * A shop's books. `accountId` is the shop's account; every operation asks whether whoever calls may do it: reading is `see`, recording and sorting
 * `books`, what changes the shop itself `account:manage`.
 */
export const booksContract = defineContract('books', {
  ...personalDataOperations,
  /** The shop as its books know it. Its books open by themselves at the first question, with a store, places and a chart of categories. */
  getShop: { input: Type.Object(On), output: Shop },
  /** Adds or changes, by its id; repeating it changes nothing. */
  saveStore: { input: Type.Object({ ...On, store: NewStore }), output: Store },
  /** As `saveStore`. @throws BOOKS_STORE_UNKNOWN, BOOKS_KIND_FIXED: store and kind of a place stay as they are */
  savePlace: { input: Type.Object({ ...On, place: NewPlace }), output: Place },
  /** As `saveStore`. @throws BOOKS_KIND_FIXED: the group of a category stays as it is */
  saveCategory: { input: Type.Object({ ...On, category: NewCategory }), output: Category },
  /**
   * Records entries, each with its own outcome, in the order asked. Answered once they are durable; `position` is there where the ledger had
   * posted the entry by then. An id or an origin that is known already answers `duplicate`, or BOOKS_ENTRY_CONFLICT where it says something else.
   */
  record: {
    input: Type.Object({ ...On, entries: Type.Array(NewEntry, { minItems: 1, maxItems: 1_000 }) }),
    output: Type.Object({ results: Type.Array(RecordResult) }),
  },
  /** One entry, once for the idempotency key of the context, from which its id is derived. @throws what `record` answers as a code */
  recordOne: { input: Type.Object({ ...On, entry: NewEntry }), output: AcceptedOnce },
  /** As `record`, once for the idempotency key of the context: the answer is kept. */
  recordBatch: {
    input: Type.Object({ ...On, entries: Type.Array(NewEntry, { minItems: 1, maxItems: 1_000 }) }),
    output: Type.Object({ replayed: Type.Boolean(), results: Type.Array(RecordResult) }),
  },
  /** With its history. @throws BOOKS_ENTRY_NOT_FOUND */
  getEntry: { input: Type.Object(OneEntry), output: EntryHistory },
  /**
   * Takes a whole entry back by counter-entries on its own dates, or on the first open day where those are closed and `late` says so. Repeating it changes
   * nothing. @throws BOOKS_ENTRY_NOT_FOUND, BOOKS_ENTRY_REFUSED, BOOKS_DAY_CLOSED
   */
  reverse: {
    input: Type.Object({ ...OneEntry, reason: Reason, late: Type.Optional(Type.Literal('first-open-day')) }),
    output: Entry,
  },
  /**
   * Other categories for an entry, of the same sum. Repeating it changes nothing. @throws BOOKS_ENTRY_NOT_FOUND, BOOKS_ENTRY_REVERSED,
   * BOOKS_ENTRY_REFUSED, BOOKS_ENTRY_INVALID, BOOKS_CATEGORY_UNKNOWN, BOOKS_DAY_CLOSED
   */
  recategorise: {
    input: Type.Object({ ...OneEntry, lines: Type.Array(Line, { minItems: 1, maxItems: 20 }) }),
    output: Entry,
  },
  /** `recategorise` for many, each with its own outcome. */
  sortEntries: {
    input: Type.Object({ ...On, entryIds: Type.Array(Uuid, { minItems: 1, maxItems: MOST_SORTED }), category: Ref }),
    output: Sorted,
  },
  /** Newest day first. @throws PLATFORM_BAD_REQUEST for a cursor that is not of an answer */
  searchEntries: { input: Type.Object({ ...On, ...EntryQuery.properties }), output: EntryPage },
  /** The present business day: what there is, what was sold, what waits. Balances are the ledger's at this moment. */
  getToday: { input: Type.Object(On), output: Today },
  /** Up to which day the shop's books are closed; null while no day is. */
  getClosedUntil: { input: Type.Object(On), output: Type.Object({ closedUntil: nullable(BusinessDate) }) },
});
export type BooksContract = typeof booksContract;
export type Books = Face<BooksContract>;
