import { type Static, Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { BusinessDate, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';
import { ANTICIPATIONS, type Anticipation } from './domain/anticipation.ts';
import { RATE_PATTERN } from './domain/rate.ts';
import { type ReceivableStatus, type ReceivableType, STATUSES, TYPES } from './domain/receivable.ts';
import { CARD_METHODS, type CardMethod, type TermKind } from './domain/terms.ts';

const closed = { additionalProperties: false } as const;
const literals = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      description === undefined ? {} : { description },
    ),
  );
const Above = Type.String({ pattern: '^[1-9][0-9]{0,14}$', description: 'Centavos, acima de zero' });
const Name = Type.String({ pattern: '^[a-z0-9-]{2,40}$' });
const Rate = Type.String({ pattern: RATE_PATTERN, description: 'Fração decimal: 0.0399 é 3,99 %' });
const Ref = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{1,39}$', description: 'O id, ou a chave de um que veio com os livros' });
const MethodName = literals<CardMethod>(CARD_METHODS);

/** One line of a contract with an acquirer, from a day on. */
export const Terms = Type.Object(
  {
    id: Uuid,
    acquirer: Name,
    brand: Type.String({ pattern: '^([a-z0-9-]{2,40}|\\*)$', description: '* para qualquer bandeira' }),
    method: MethodName,
    fromInstalments: Type.Integer({ minimum: 1, maximum: 24 }),
    toInstalments: Type.Integer({ minimum: 1, maximum: 24 }),
    mdrRate: Rate,
    fixedFeeMinor: Minor,
    termKind: literals<TermKind>(
      ['business', 'calendar'],
      'business: dias úteis; calendar: dias corridos por parcela, até o próximo dia útil',
    ),
    termDays: Type.Integer({ minimum: 0, maximum: 400 }),
    validFrom: BusinessDate,
  },
  closed,
);
export type Terms = Static<typeof Terms>;

export const NewSale = Type.Object(
  {
    /** Whoever derives it from what the sale is about may repeat it. */
    id: Uuid,
    date: BusinessDate,
    acquirer: Name,
    brand: Name,
    method: MethodName,
    instalments: Type.Integer({ minimum: 1, maximum: 24 }),
    grossMinor: Above,
    category: Type.Optional(Ref),
    /** The books have the sale already: only what is to come of it is new. */
    isBooked: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type NewSale = Static<typeof NewSale>;

export const Receivable = Type.Object({
  id: Uuid,
  saleId: Uuid,
  type: literals<ReceivableType>(TYPES),
  status: literals<ReceivableStatus>(STATUSES),
  acquirer: Type.String(),
  brand: Type.String(),
  method: MethodName,
  instalment: Type.Integer(),
  grossMinor: SignedMinor,
  feeMinor: Minor,
  anticipationFeeMinor: Minor,
  netMinor: SignedMinor,
  originalDate: BusinessDate,
  dueDate: BusinessDate,
  paidDate: nullable(BusinessDate),
  lotId: nullable(Uuid),
});
export type Receivable = Static<typeof Receivable>;
const Receivables = Type.Object({ receivables: Type.Array(Receivable) });

/** What is to come on a day by an acquirer and an arrangement: a unidade de recebíveis. */
export const AgendaUnit = Type.Object({
  date: BusinessDate,
  acquirer: Type.String(),
  brand: Type.String(),
  method: MethodName,
  count: Type.Integer(),
  grossMinor: SignedMinor,
  feeMinor: Minor,
  netMinor: SignedMinor,
});
export type AgendaUnit = Static<typeof AgendaUnit>;

export const Adjustment = Type.Object({ amountMinor: Above, category: Ref, text: Type.String({ minLength: 1, maxLength: 120 }) }, closed);
export const NewLot = Type.Object(
  {
    id: Uuid,
    acquirer: Name,
    date: BusinessDate,
    place: Ref,
    depositMinor: Above,
    receivableIds: Type.Array(Uuid, { minItems: 1, maxItems: 1_000 }),
    adjustments: Type.Array(Adjustment, { maxItems: 20, description: 'O que a adquirente descontou: aluguel da máquina, ajustes' }),
  },
  closed,
);
export type NewLot = Static<typeof NewLot>;
export const Lot = Type.Object({
  id: Uuid,
  acquirer: Type.String(),
  date: BusinessDate,
  depositMinor: Minor,
  receivablesMinor: SignedMinor,
  adjustmentsMinor: Minor,
  /** Above zero: nobody knows yet what the rest is for; below: something is missing. */
  remainderMinor: SignedMinor,
});
export type Lot = Static<typeof Lot>;

const On = { accountId: Uuid };

/** Card receivables of a shop. Reading asks for `see`, recording for `books`, contracts for `account:manage`. What is named by an id may be repeated. */
export const cardsContract = defineContract('cards', {
  /** @throws CARDS_TERMS_FIXED */
  saveTerms: { input: Type.Object({ ...On, terms: Terms }), output: Terms },
  listTerms: { input: Type.Object(On), output: Type.Object({ terms: Type.Array(Terms) }) },
  /** Books the gross on its day, and what is to come of it. @throws CARDS_NO_TERMS, CARDS_SALE_CONFLICT, CARDS_SALE_IN_FUTURE */
  recordSale: { input: Type.Object({ ...On, sale: NewSale }), output: Receivables },
  /** What is to come, by day and unit, both days included; what is overdue stands on its own day. */
  agenda: { input: Type.Object({ ...On, from: BusinessDate, to: BusinessDate }), output: Type.Object({ units: Type.Array(AgendaUnit) }) },
  listReceivables: { input: Type.Object({ ...On, from: BusinessDate, to: BusinessDate }), output: Receivables },
  /** Comes on `on` instead of its day, less the fee, which is booked on that day. @throws CARDS_RECEIVABLE_NOT_FOUND, CARDS_NOT_WAITING */
  anticipate: {
    input: Type.Object({
      ...On,
      receivableIds: Type.Array(Uuid, { minItems: 1, maxItems: 1_000 }),
      kind: literals<Anticipation>(ANTICIPATIONS, 'simple: taxa simples sobre o líquido; compound: composta'),
      monthlyRate: Rate,
      on: BusinessDate,
    }),
    output: Receivables,
  },
  /** What an acquirer takes back of a sale, or gives back of a chargeback. @throws CARDS_RECEIVABLE_NOT_FOUND, CARDS_NOT_OF_THIS_KIND */
  answer: {
    input: Type.Object({
      ...On,
      receivableId: Uuid,
      type: literals(['chargeback', 'chargeback-refund', 'refund'] as const),
      date: BusinessDate,
    }),
    output: Receivable,
  },
  /** Which receivables a deposit is likely for, and why. Decides nothing. */
  suggestLot: {
    input: Type.Object({ ...On, acquirer: Name, date: BusinessDate, depositMinor: Above }),
    output: Type.Object({
      receivableIds: Type.Array(Uuid),
      remainderMinor: SignedMinor,
      why: literals(['whole-day', 'units', 'closest'] as const),
    }),
  },
  /** A deposit pays many receivables, less adjustments; the rest is shown. @throws CARDS_RECEIVABLE_NOT_FOUND, CARDS_NOT_WAITING, CARDS_LOT_CONFLICT, CARDS_REFUSED */
  settleLot: { input: Type.Object({ ...On, lot: NewLot }), output: Lot },
});
export type CardsContract = typeof cardsContract;
export type Cards = Face<CardsContract>;
