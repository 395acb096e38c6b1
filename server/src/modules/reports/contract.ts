import { type Static, Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { BusinessDate, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';
import { DRE_GROUPS, SUBTOTALS } from './domain/dre.ts';
import { ITEM_KINDS } from './domain/forecast.ts';
import { COMPARISONS, type Comparison, MONTH_SHAPE } from './domain/periods.ts';

const closed = { additionalProperties: false } as const;
const literals = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      description === undefined ? {} : { description },
    ),
  );

export const Month = Type.String({ pattern: MONTH_SHAPE, description: 'AAAA-MM' });
export const Compare = literals<Comparison>(
  COMPARISONS,
  'previous: o período de mesma duração logo antes; year-before: os mesmos meses do ano anterior',
);
export const MAX_MONTHS = 60;

const Column = Type.Object({ month: Month, from: BusinessDate, to: BusinessDate });
/** What the number is made of: the entries of these categories (or of what is owed) between a column's days, by that date. */
const Filter = Type.Object({
  basis: literals(['competence', 'payment'] as const),
  categoryIds: Type.Array(Uuid),
  owed: nullable(Type.String()),
});
/** One amount for each column, then their sum, and that of the months compared with; null without any. */
const AMOUNTS = { amounts: Type.Array(SignedMinor), totalMinor: SignedMinor, comparedMinor: nullable(SignedMinor), filter: Filter };
const FRESH = {
  /** Something that has happened is not in the figures yet, since so many milliseconds. */
  pending: Type.Boolean(),
  lagMs: Type.Integer(),
};

export const Dre = Type.Object({
  columns: Type.Array(Column),
  comparedColumns: Type.Array(Column),
  /** In reading order. Amounts are what they add to the result: costs are negative. */
  lines: Type.Array(
    Type.Object({
      key: literals([...DRE_GROUPS, ...SUBTOTALS]),
      isSubtotal: Type.Boolean(),
      ...AMOUNTS,
      categories: Type.Array(Type.Object({ categoryId: Uuid, name: Type.String(), ...AMOUNTS })),
    }),
  ),
  ...FRESH,
});
export type Dre = Static<typeof Dre>;

const CashRow = Type.Object({
  /** A category's id; `owed:cards`, `owed:receivable` or `owed:payable` where no more is known; `other` for openings of places. */
  about: Type.String(),
  name: nullable(Type.String()),
  ...AMOUNTS,
});
export const CashFlow = Type.Object({
  columns: Type.Array(Column),
  comparedColumns: Type.Array(Column),
  /** What all places had when each month began, and ended. */
  openingMinor: Type.Array(SignedMinor),
  closingMinor: Type.Array(SignedMinor),
  /** Each line is where it belongs by its kind; what was taken back makes it less. Amounts are what they add: payments are negative. */
  in: Type.Object({ ...AMOUNTS, rows: Type.Array(CashRow) }),
  out: Type.Object({ ...AMOUNTS, rows: Type.Array(CashRow) }),
  other: CashRow,
  ...FRESH,
});
export type CashFlow = Static<typeof CashFlow>;

export const MonthView = Type.Object({
  month: Month,
  openingMinor: SignedMinor,
  inMinor: SignedMinor,
  outMinor: SignedMinor,
  closingMinor: SignedMinor,
  /** The month before. */
  before: Type.Object({ month: Month, inMinor: SignedMinor, outMinor: SignedMinor }),
  days: Type.Array(Type.Object({ date: BusinessDate, inMinor: SignedMinor, outMinor: SignedMinor, closingMinor: SignedMinor })),
  ...FRESH,
});
export type MonthView = Static<typeof MonthView>;

const Above = Type.String({ pattern: '^[1-9][0-9]{0,17}$', description: 'Centavos, acima de zero' });
const DirectionName = literals(['in', 'out'] as const);
export const FORECAST_DAYS = [30, 60, 90] as const;
export const Supposed = Type.Object(
  {
    days: Type.Unsafe<30 | 60 | 90>(Type.Union(FORECAST_DAYS.map((days) => Type.Literal(days)))),
    reserveMinor: Type.Optional({ ...Minor, maxLength: 18, description: 'Quanto a loja quer ter sempre em caixa' }),
    /** Lines that are not there. */
    extra: Type.Optional(
      Type.Array(
        Type.Object(
          { label: Type.Optional(Type.String({ maxLength: 60 })), direction: DirectionName, amountMinor: Above, dueOn: BusinessDate },
          closed,
        ),
        { maxItems: 50 },
      ),
    ),
    /** Titles, and occurrences to come, that move by so many days later. */
    delays: Type.Optional(
      Type.Array(Type.Object({ ref: Uuid, days: Type.Integer({ minimum: 1, maximum: 365 }) }, closed), { maxItems: 200 }),
    ),
  },
  { ...closed, examples: [{ days: 60, extra: [{ label: 'Forno novo', direction: 'out', amountMinor: '890000', dueOn: '2026-12-20' }] }] },
);
export type Supposed = Static<typeof Supposed>;

const Item = Type.Object({
  kind: literals(ITEM_KINDS),
  ref: nullable(Type.String()),
  label: nullable(Type.String()),
  direction: DirectionName,
  amountMinor: Minor,
  dueOn: BusinessDate,
  /** Where the forecast has it: never before today. */
  on: BusinessDate,
  overdue: Type.Boolean(),
});
const Tight = Type.Object({ date: BusinessDate, closingMinor: SignedMinor });
export const Forecast = Type.Object({
  today: BusinessDate,
  openingMinor: SignedMinor,
  reserveMinor: Minor,
  days: Type.Array(
    Type.Object({ date: BusinessDate, openingMinor: SignedMinor, inMinor: Minor, outMinor: Minor, closingMinor: SignedMinor }),
  ),
  items: Type.Array(Item),
  /** What should have moved before today: counted today, and said apart. */
  overdue: Type.Object({ inMinor: Minor, outMinor: Minor, count: Type.Integer() }),
  /** The first day that closes below the reserve, and the sentence of it. */
  tight: nullable(Type.Object({ ...Tight.properties, words: Type.Object({ pt: Type.String(), en: Type.String() }) })),
  lowest: Tight,
  /** What could not be asked, and so is not in it. */
  without: Type.Array(literals(['titles', 'cards'] as const)),
  ...FRESH,
});
export type Forecast = Static<typeof Forecast>;

export const About = Type.String({
  pattern: '^([0-9a-f-]{36}|owed:(cards|receivable|payable))$',
  description: 'Uma categoria, ou owed:cards e semelhantes',
});
export const Paid = Type.Object({
  entries: Type.Array(Type.Object({ entryId: Uuid, date: BusinessDate, amountMinor: SignedMinor })),
  /** The next page begins behind it; a page may be empty and not the last. */
  nextCursor: nullable(Uuid),
});

const On = { accountId: Uuid };
/** The last twelve months unless said. */
const Range = { from: Type.Optional(Month), to: Type.Optional(Month), compare: Type.Optional(Compare) };
/** What a shop's books say, and what is to come. All operations ask `see`. */
export const reportsContract = defineContract('reports', {
  /** By competência. @throws REPORTS_RANGE_INVALID */
  getDre: { input: Type.Object({ ...On, ...Range }), output: Dre },
  /** By payment. @throws REPORTS_RANGE_INVALID */
  getCashFlow: { input: Type.Object({ ...On, ...Range }), output: CashFlow },
  /** This month unless said. @throws REPORTS_RANGE_INVALID */
  getMonth: { input: Type.Object({ ...On, month: Type.Optional(Month) }), output: MonthView },
  /** What a row of the cash flow is made of between two days: its entries in the books, by id, which add up to it. @throws REPORTS_RANGE_INVALID */
  listPaid: {
    input: Type.Object({ ...On, about: Type.Optional(About), from: BusinessDate, to: BusinessDate, cursor: Type.Optional(Uuid) }),
    output: Paid,
  },
  /** @throws REPORTS_RANGE_INVALID for a date that does not exist */
  getForecast: { input: Type.Object({ ...On, supposed: Supposed }), output: Forecast },
});
export type ReportsContract = typeof reportsContract;
export type Reports = Face<ReportsContract>;
