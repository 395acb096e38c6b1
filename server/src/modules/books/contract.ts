import { Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { BusinessDate, Uuid } from '#platform/schemas.ts';
import { Category, NewCategory, NewPlace, NewStore, Place, SaveMode, Shop, Store } from './contract-chart.ts';
import { CloseDay, ClosedUntil, Closing, NewRule, OpenItem, ReopenDay, Rule, Rules } from './contract-closing.ts';
import {
  AcceptedOnce,
  Entry,
  EntryEdit,
  EntryHistory,
  Line,
  NewEntry,
  Reason,
  RecordResult,
  Sorted,
  SortMany,
} from './contract-entries.ts';
import { EntryPage, entryFilter, Paging } from './contract-list.ts';
import { Today } from './contract-reads.ts';

export * from './contract-chart.ts';
export * from './contract-closing.ts';
export * from './contract-entries.ts';
export * from './contract-list.ts';
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
  /** Adds or changes, by its id; repeating it changes nothing. @throws BOOKS_NOT_FOUND */
  saveStore: { input: Type.Object({ ...On, store: NewStore, mode: SaveMode }), output: Store },
  /** As `saveStore`. @throws BOOKS_STORE_UNKNOWN, BOOKS_KIND_FIXED: store and kind of a place stay as they are; BOOKS_NEEDED */
  savePlace: { input: Type.Object({ ...On, place: NewPlace, mode: SaveMode }), output: Place },
  /** As `saveStore`. @throws BOOKS_KIND_FIXED: the group of a category stays as it is; BOOKS_NEEDED: what the system books by itself is not archived */
  saveCategory: { input: Type.Object({ ...On, category: NewCategory, mode: SaveMode }), output: Category },
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
  /** By what `entryFilter` names, the latest day first, with the sums of all that is found. @throws BOOKS_CURSOR_INVALID, BOOKS_RANGE_INVALID */
  listEntries: { input: Type.Object({ ...On, ...entryFilter, ...Paging }), output: EntryPage },
  /** The present business day: what there is, what was sold, what waits. Balances are the ledger's at this moment. */
  getToday: { input: Type.Object(On), output: Today },
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
    input: Type.Object({
      ...OneEntry,
      lines: Type.Array(Line, { minItems: 1, maxItems: 20 }),
      /** Whatever comes like it, from the same counterparty or else with the same text, is to get this category, too. With one line. */
      teach: Type.Optional(Type.Boolean()),
    }),
    output: Entry,
  },
  /** One category for many entries, each with its own outcome; `code` as `recategorise` throws it. */
  sortEntries: { input: Type.Object({ ...On, ...SortMany.properties }), output: Sorted },
  /** Words of an entry. @throws BOOKS_ENTRY_NOT_FOUND, BOOKS_ENTRY_CHANGED, BOOKS_DAY_CLOSED */
  edit: { input: Type.Object({ ...OneEntry, ...EntryEdit.properties }), output: Entry },

  /** Up to which day the shop's books are closed; null while no day is. */
  getClosedUntil: { input: Type.Object(On), output: ClosedUntil },
  /** What there is to know before the days up to `date`, today where it is left out, are closed. */
  getClosing: { input: Type.Object({ ...On, date: Type.Optional(BusinessDate) }), output: Closing },
  /**
   * Closes all days up to `until`. Repeating it changes nothing.
   * @throws BOOKS_OPEN_ITEMS (something blocks, and nobody said `despite`), BOOKS_DATE_IN_FUTURE
   */
  closeDay: { input: Type.Object({ ...On, ...CloseDay.properties }), output: ClosedUntil },
  /** Opens `from` and the days after it again, with the reason on record. Needs `account:manage`. Repeating it changes nothing. */
  reopenDay: { input: Type.Object({ ...On, ...ReopenDay.properties }), output: ClosedUntil },
  /** A room says what waits, by its own reference, before a day is closed; and that it waits no more. Repeating either changes nothing. */
  markOpenItem: { input: Type.Object({ ...On, item: OpenItem }), output: Type.Object({}) },
  clearOpenItem: {
    input: Type.Object({ ...On, module: OpenItem.properties.module, reference: OpenItem.properties.reference }),
    output: Type.Object({}),
  },

  /** Rules for what is recorded without lines; of several that fit, the one that says more. */
  listRules: { input: Type.Object(On), output: Rules },
  /** By its id; repeating it changes nothing. @throws BOOKS_RULE_INVALID, BOOKS_CATEGORY_UNKNOWN, BOOKS_TOO_MANY_RULES */
  saveRule: { input: Type.Object({ ...On, ruleId: Uuid, rule: NewRule, mode: SaveMode }), output: Rule },
  removeRule: { input: Type.Object({ ...On, ruleId: Uuid }), output: Type.Object({}) },
});
export type BooksContract = typeof booksContract;
export type Books = Face<BooksContract>;
