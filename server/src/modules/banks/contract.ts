import { type Static, Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { BusinessDate, Instant, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';

const closed = { additionalProperties: false } as const;
const literals = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>(Type.Union(values.map((value) => Type.Literal(value))));

export const FileName = Type.String({ minLength: 1, maxLength: 200, description: 'Nome do arquivo' });
const Column = Type.String({ minLength: 1, maxLength: 80, description: 'Título da coluna, ou #1, #2 onde não há títulos' });
export const Mapping = Type.Object(
  {
    date: Column,
    amount: Type.Optional(Column),
    credit: Type.Optional(Column),
    debit: Type.Optional(Column),
    direction: Type.Optional(Column),
    text: Type.Array(Column, { minItems: 1, maxItems: 5 }),
    reference: Type.Optional(Column),
    balance: Type.Optional(Column),
  },
  closed,
);
/** A file as a screen or a small program sends it: at most 8 MiB. */
export const Content = Type.String({
  pattern: '^[A-Za-z0-9+/]{2,}={0,2}$',
  maxLength: 11_184_812,
  description: 'O arquivo em base64, até 8 MiB',
});
/** What a person says of a table that nobody knows. */
export const Options = Type.Object(
  {
    mapping: Type.Optional(Mapping),
    dateOrder: Type.Optional(literals(['day-first', 'month-first'])),
    isCard: Type.Optional(Type.Boolean({ description: 'Fatura de cartão: valores positivos são compras' })),
  },
  closed,
);

export const FileState = literals(['received', 'ready', 'broken', 'importing', 'imported', 'undoing', 'undone']);
export const BankFile = Type.Object({
  id: Uuid,
  accountId: Uuid,
  placeId: Uuid,
  name: Type.String(),
  state: FileState,
  sizeBytes: Type.Integer(),
  format: nullable(Type.String()),
  layout: nullable(Type.String()),
  /** Movements in the file: new, known already, in a locked period. */
  read: Type.Integer(),
  fresh: Type.Integer(),
  known: Type.Integer(),
  locked: Type.Integer(),
  /** Lines that are no movements, and lines that could not be believed. */
  ignored: Type.Integer(),
  refused: Type.Integer(),
  /** Of the new ones, how many the books have answered. */
  settled: Type.Integer(),
  inMinor: Minor,
  outMinor: Minor,
  openingMinor: nullable(SignedMinor),
  closingMinor: nullable(SignedMinor),
  from: nullable(BusinessDate),
  to: nullable(BusinessDate),
  warnings: Type.Array(Type.String()),
  broken: nullable(Type.Object({ line: Type.Integer(), reason: Type.String() })),
  createdAt: Instant,
});
export type BankFile = Static<typeof BankFile>;

export const FileLines = Type.Object({
  file: BankFile,
  /** The first ones of a file that is not imported yet; `similarTo` is a held movement of nearly the same day, and only a hint. */
  rows: Type.Array(
    Type.Object({
      line: Type.Integer(),
      date: BusinessDate,
      amountMinor: SignedMinor,
      text: Type.String(),
      outcome: nullable(literals(['new', 'known', 'locked'])),
      similarTo: nullable(Uuid),
    }),
  ),
  notes: Type.Array(Type.Object({ line: Type.Integer(), kind: literals(['ignored', 'refused']), reason: Type.String() })),
});
export type FileLines = Static<typeof FileLines>;

export const Movement = Type.Object({
  id: Uuid,
  fileId: Uuid,
  date: BusinessDate,
  amountMinor: SignedMinor,
  text: Type.String(),
  state: literals(['waiting', 'open', 'recorded', 'matched', 'refused', 'passed', 'undone']),
  refusal: nullable(Type.String()),
  matchId: nullable(Uuid),
});
export const BookSide = Type.Object({
  entryId: Uuid,
  date: BusinessDate,
  amountMinor: SignedMinor,
  text: nullable(Type.String()),
  matchId: nullable(Uuid),
});
const Totals = Type.Object({ inMinor: Minor, outMinor: Minor });
export const Day = Type.Object({
  placeId: Uuid,
  day: BusinessDate,
  lockedUntil: nullable(BusinessDate),
  bank: Type.Object({ movements: Type.Array(Movement), totals: Totals }),
  /** Entries of others in this place; what a movement was recorded by is the movement's own. */
  books: Type.Object({ entries: Type.Array(BookSide), totals: Totals }),
  /** What the bank says less what the books say; zero when both agree. */
  differenceMinor: SignedMinor,
  suggestions: Type.Array(
    Type.Object({
      movementIds: Type.Array(Uuid),
      entryIds: Type.Array(Uuid),
      why: literals(['same-day', 'near-day', 'sum-of-several']),
      daysApart: Type.Integer(),
      restMinor: SignedMinor,
    }),
  ),
  pairs: Type.Array(
    Type.Object({
      outId: Uuid,
      inId: Uuid,
      outDate: BusinessDate,
      inDate: BusinessDate,
      outPlaceId: Uuid,
      inPlaceId: Uuid,
      amountMinor: Minor,
    }),
  ),
});
export type Day = Static<typeof Day>;

export const Adjustment = Type.Object(
  {
    category: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,39}$' }),
    amountMinor: Type.String({ pattern: '^-?[1-9][0-9]{0,17}$', description: 'Com sinal: o que entrou a mais é positivo' }),
    text: Type.Optional(Type.String({ maxLength: 200 })),
  },
  closed,
);
export const NewMatch = Type.Object(
  {
    movementIds: Type.Array(Uuid, { minItems: 1, maxItems: 50, uniqueItems: true }),
    entryIds: Type.Array(Uuid, { minItems: 1, maxItems: 500, uniqueItems: true }),
    adjustments: Type.Optional(Type.Array(Adjustment, { maxItems: 20 })),
  },
  closed,
);
export const Matched = Type.Object({
  id: Uuid,
  placeId: Uuid,
  bankMinor: SignedMinor,
  booksMinor: SignedMinor,
  adjustedMinor: SignedMinor,
});
export type Matched = Static<typeof Matched>;

const On = { accountId: Uuid };
const OneFile = { ...On, fileId: Uuid };

/** Statements of a shop's banks. Every operation asks whether whoever calls may do it: reading is `see`, all else `books`. */
export const banksContract = defineContract('banks', {
  ...personalDataOperations,
  /** Keeps a file of at most 8 MiB that a screen brought, once for its key, and has it read. @throws BANKS_PLACE_UNKNOWN, BANKS_FILE_EMPTY */
  receive: {
    input: Type.Object({ ...On, placeId: Uuid, name: FileName, options: Options, content: Content }),
    output: Type.Object({ replayed: Type.Boolean(), file: BankFile }),
  },
  /** The newest fifty, of one place when it is given. */
  listFiles: { input: Type.Object({ ...On, placeId: Type.Optional(Uuid) }), output: Type.Object({ files: Type.Array(BankFile) }) },
  /** @throws BANKS_FILE_NOT_FOUND */
  getFile: { input: Type.Object(OneFile), output: FileLines },
  /** Reads a file again as somebody says, and remembers it for the shop's next one. @throws BANKS_FILE_STATE when it is imported already */
  readAs: { input: Type.Object({ ...OneFile, options: Options }), output: BankFile },
  /** Imports what the preview showed. @throws BANKS_FILE_STATE, BANKS_PREVIEW_CHANGED when there are not so many new movements any more */
  confirm: { input: Type.Object({ ...OneFile, fresh: Type.Integer({ minimum: 0 }) }), output: BankFile },
  /** Takes a whole file back. @throws BANKS_FILE_STATE, BANKS_RECONCILED */
  undo: { input: Type.Object(OneFile), output: BankFile },
  /** Bank beside books, a day at a time; today where none is named. @throws BANKS_PLACE_UNKNOWN */
  getDay: { input: Type.Object({ ...On, placeId: Uuid, day: Type.Optional(BusinessDate) }), output: Day },
  /** Says that these are the same money. @throws BANKS_MATCH_REST with what is left, BANKS_MOVEMENT_STATE, BANKS_RECONCILED, BANKS_BOOKS_REFUSED */
  match: { input: Type.Object({ ...On, matchId: Uuid, match: NewMatch }), output: Matched },
  /** @throws BANKS_MATCH_NOT_FOUND, BANKS_RECONCILED */
  unmatch: { input: Type.Object({ ...On, matchId: Uuid }), output: Type.Object({}) },
  /** What is to be done with a movement that waits for a person: an entry of its own, or none. @throws BANKS_MOVEMENT_NOT_FOUND, BANKS_MOVEMENT_STATE */
  decide: { input: Type.Object({ ...On, movementId: Uuid, as: literals(['recorded', 'passed']) }), output: Movement },
  /** A pair is one transfer, or it is not: what was refused is not asked again. @throws BANKS_NO_PAIR, BANKS_MOVEMENT_STATE, BANKS_RECONCILED */
  answerPair: { input: Type.Object({ ...On, outId: Uuid, inId: Uuid, isTransfer: Type.Boolean() }), output: Type.Object({}) },
  /** Up to which day a place agrees with its bank; null opens it. @throws BANKS_OPEN_MOVEMENTS unless `despite` */
  lock: {
    input: Type.Object({ ...On, placeId: Uuid, until: nullable(BusinessDate), despite: Type.Optional(Type.Boolean()) }),
    output: Type.Object({ lockedUntil: nullable(BusinessDate) }),
  },
});
export type BanksContract = typeof banksContract;
export type Banks = Face<BanksContract>;
