import { type Static, Type } from 'typebox';
import { Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';

/** Words, people's names and tags stay in the books: events carry ids, amounts and dates. */
const Line = Type.Object({ categoryId: Uuid, amountMinor: Minor });
const Day = Type.String();

/** A shop's books are open. Key: accountId. */
export const SHOP_OPENED = 'books.shop-opened.v1';
export const ShopOpened = Type.Object({ accountId: Uuid });

/** An entry is durable; the ledger has it a moment later. Key: entryId. */
export const ENTRY_RECORDED = 'books.entry-recorded.v1';
export const EntryRecorded = Type.Object({
  entryId: Uuid,
  accountId: Uuid,
  kind: Type.String(),
  amountMinor: SignedMinor,
  lines: Type.Array(Line),
  placeId: nullable(Uuid),
  owed: nullable(Type.String()),
  toPlaceId: nullable(Uuid),
  toOwed: nullable(Type.String()),
  date: Day,
  competence: Day,
  method: nullable(Type.String()),
  originModule: nullable(Type.String()),
});
export type EntryRecorded = Static<typeof EntryRecorded>;

/** The ledger refused an entry, or a change of one (`version` above 1). Key: entryId. */
export const ENTRY_REFUSED = 'books.entry-refused.v1';
export const EntryRefused = Type.Object({ entryId: Uuid, accountId: Uuid, version: Type.Integer(), code: Type.String() });
export type EntryRefused = Static<typeof EntryRefused>;

/** An entry was taken back, whole. Key: entryId. */
export const ENTRY_REVERSED = 'books.entry-reversed.v1';
export const EntryReversed = Type.Object({
  entryId: Uuid,
  accountId: Uuid,
  version: Type.Integer(),
  /** The entry that takes it back, where its own days were closed. Null: it was taken back on its own days. */
  by: nullable(Uuid),
});
export type EntryReversed = Static<typeof EntryReversed>;

/** An entry has other categories. Key: entryId. */
export const ENTRY_RECATEGORISED = 'books.entry-recategorised.v1';
export const EntryRecategorised = Type.Object({
  entryId: Uuid,
  accountId: Uuid,
  version: Type.Integer(),
  before: Type.Array(Line),
  after: Type.Array(Line),
});
export type EntryRecategorised = Static<typeof EntryRecategorised>;

/** An entry has other words; which, `fields` names. Key: entryId. */
export const ENTRY_EDITED = 'books.entry-edited.v1';
export const EntryEdited = Type.Object({ entryId: Uuid, accountId: Uuid, version: Type.Integer(), fields: Type.Array(Type.String()) });
export type EntryEdited = Static<typeof EntryEdited>;

/** Days up to `until` are closed; so many things were left open, knowingly. Key: accountId. */
export const DAY_CLOSED = 'books.day-closed.v1';
export const DayClosed = Type.Object({ accountId: Uuid, until: Day, leftOpen: Type.Integer() });
export type DayClosed = Static<typeof DayClosed>;

/** `from` and the days after it are open again; why, the books keep. Key: accountId. */
export const DAY_REOPENED = 'books.day-reopened.v1';
export const DayReopened = Type.Object({ accountId: Uuid, from: Day });
export type DayReopened = Static<typeof DayReopened>;

/** Everything this module publishes, by type. */
export const events = {
  [SHOP_OPENED]: ShopOpened,
  [ENTRY_RECORDED]: EntryRecorded,
  [ENTRY_REFUSED]: EntryRefused,
  [ENTRY_REVERSED]: EntryReversed,
  [ENTRY_RECATEGORISED]: EntryRecategorised,
  [ENTRY_EDITED]: EntryEdited,
  [DAY_CLOSED]: DayClosed,
  [DAY_REOPENED]: DayReopened,
} as const;
