import { type Static, Type } from 'typebox';
import { BusinessDate, Instant, Minor, nullable, Uuid } from '#platform/schemas.ts';
import { METHODS } from './domain/entries.ts';
import { PERCENT_PATTERN } from './domain/exact.ts';
import { REMAINDERS, type Remainder } from './domain/instalments.ts';
import { ROLLS, type Roll } from './domain/recurrence.ts';
import { STATUSES, type Status } from './domain/status.ts';

/** Titles: what goes in, what is shown. */

export const closed = { additionalProperties: false } as const;
export const literals = <T extends string>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      description === undefined ? {} : { description },
    ),
  );

export const KINDS = ['payable', 'receivable'] as const;
export type Kind = (typeof KINDS)[number];
export const KindName = literals<Kind>(KINDS, 'payable: a pagar; receivable: a receber');
export const StatusName = literals<Status>(
  STATUSES,
  'open: em aberto; partly: pago em parte; overdue: vencido; settled: quitado; cancelled: cancelado. Como está hoje',
);
export const RollName = literals<Roll>(
  ROLLS,
  'Em dia sem banco: none fica, next vai para o próximo dia útil, previous volta para o anterior',
);
export const Above = Type.String({ pattern: '^[1-9][0-9]{0,17}$', description: 'Centavos, acima de zero' });
export const Ref = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{1,39}$',
  description: 'O id, ou a chave de um que veio com os livros, como rent ou drawer',
});
const Percent = Type.String({ pattern: PERCENT_PATTERN, maxLength: 11, description: 'Por cento, exato: 2 ou 0.0333' });
export const Description = Type.String({ minLength: 1, maxLength: 120, description: 'Do que se trata' });
const DocumentCode = Type.String({ minLength: 1, maxLength: 60, description: 'Número da nota ou do boleto' });
export const MethodName = literals(METHODS, 'Como foi pago');

/** What is asked for a late payment and given for an early one. Rounded half up, to the centavo, each line once. */
export const Terms = Type.Object(
  {
    finePercent: nullable(Percent),
    /** Simple, for each calendar day; a month has 30. */
    interest: nullable(Type.Object({ percent: Percent, per: literals(['day', 'month'] as const) }, closed)),
    discount: nullable(Type.Object({ percent: Percent, untilOn: BusinessDate }, closed)),
  },
  closed,
);

export const Counterparty = Type.Object({
  id: Uuid,
  /** Empty once it was erased. */
  name: Type.String(),
  taxId: nullable(Type.String({ description: 'CPF ou CNPJ' })),
  archived: Type.Boolean(),
});
export type Counterparty = Static<typeof Counterparty>;
export const NewCounterparty = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 120, description: 'De quem se compra, ou a quem se vende' }),
    taxId: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 40, description: 'CPF ou CNPJ' }))),
    archived: Type.Optional(Type.Boolean()),
  },
  closed,
);
export type NewCounterparty = Static<typeof NewCounterparty>;

const TemplateFields = {
  description: Description,
  amountMinor: Above,
  /** What it is for. */
  category: Ref,
  /** Where it is usually paid from or to. */
  place: Type.Optional(nullable(Ref)),
  counterpartyId: Type.Optional(nullable(Uuid)),
  terms: Type.Optional(Terms),
};
export const TEMPLATE = TemplateFields;

export const NewTitles = Type.Object(
  {
    kind: KindName,
    ...TemplateFields,
    document: Type.Optional(nullable(DocumentCode)),
    dueOn: BusinessDate,
    /** The day it counts on, of all instalments; the due date of the first unless said. */
    competenceOn: Type.Optional(BusinessDate),
    late: Type.Optional(Type.Literal('first-open-day', { description: 'Competência em dia fechado: conta no primeiro dia aberto' })),
    /** `amountMinor` is the total of all. */
    instalments: Type.Optional(
      Type.Object(
        {
          count: Type.Integer({ minimum: 2, maximum: 360 }),
          remainder: Type.Optional(literals<Remainder>(REMAINDERS, 'Qual parcela leva os centavos que não dividem; last se ausente')),
          everyMonths: Type.Optional(Type.Integer({ minimum: 1, maximum: 12 })),
          roll: Type.Optional(RollName),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type NewTitles = Static<typeof NewTitles>;

export const TitleChange = Type.Object(
  {
    description: Type.Optional(Description),
    amountMinor: Type.Optional(Above),
    category: Type.Optional(Ref),
    place: Type.Optional(nullable(Ref)),
    counterpartyId: Type.Optional(nullable(Uuid)),
    terms: Type.Optional(Terms),
    document: Type.Optional(nullable(DocumentCode)),
    dueOn: Type.Optional(BusinessDate),
    competenceOn: Type.Optional(BusinessDate),
  },
  closed,
);
export type TitleChange = Static<typeof TitleChange>;

export const Title = Type.Object({
  id: Uuid,
  kind: KindName,
  status: StatusName,
  description: Type.String(),
  amountMinor: Minor,
  settledMinor: Minor,
  openMinor: Minor,
  dueOn: BusinessDate,
  competenceOn: BusinessDate,
  /** Calendar days since it was due; 0 when it is not late. */
  daysLate: Type.Integer(),
  categoryId: Uuid,
  placeId: nullable(Uuid),
  counterpartyId: nullable(Uuid),
  document: nullable(Type.String()),
  terms: Terms,
  /** The rule it came from, and which of its occurrences it is. */
  rule: nullable(Type.Object({ ruleId: Uuid, n: Type.Integer() })),
  /** The plan it is an instalment of. */
  plan: nullable(Type.Object({ planId: Uuid, nth: Type.Integer(), count: Type.Integer() })),
  /** Changes with every change: what was read is what is changed. */
  version: Type.Integer(),
});
export type Title = Static<typeof Title>;

export const SettlementStatusName = literals(
  ['recording', 'recorded', 'refused', 'undoing', 'undone'] as const,
  'recording: gravado, a caminho dos livros; recorded: nos livros; refused: os livros recusaram, nada foi pago; undoing, undone: estorno',
);
export const Settlement = Type.Object({
  id: Uuid,
  status: SettlementStatusName,
  /** Why the books refused it, or its undoing. */
  refusal: nullable(Type.String()),
  paidOn: BusinessDate,
  placeId: Uuid,
  principalMinor: Minor,
  fineMinor: Minor,
  interestMinor: Minor,
  discountMinor: Minor,
  /** What moved: principal, fine and interest less discount. */
  cashMinor: Minor,
  method: nullable(Type.String()),
  createdAt: Instant,
});
export type Settlement = Static<typeof Settlement>;

export const BookingStateName = literals(
  ['waiting', 'recorded', 'refused', 'dropped'] as const,
  'waiting: espera o dia ou a resposta dos livros; recorded: nos livros; refused: recusado; dropped: deixou de valer antes',
);
/** Something of a title that the books have, or are to have. */
export const Booking = Type.Object({
  /** Of the entry in the books. */
  entryId: Uuid,
  purpose: literals(
    ['accrual', 'payment', 'charges', 'discount'] as const,
    'accrual: competência; payment: pagamento; charges: multa e juros; discount: desconto',
  ),
  action: literals(['record', 'reverse'] as const),
  state: BookingStateName,
  refusal: nullable(Type.String()),
  bookOn: BusinessDate,
});
export const TitleDetail = Type.Object({ ...Title.properties, settlements: Type.Array(Settlement), bookings: Type.Array(Booking) });
export type TitleDetail = Static<typeof TitleDetail>;

const CHARGES = { principalMinor: Minor, fineMinor: Minor, interestMinor: Minor, discountMinor: Minor };
export const Charges = Type.Object({ ...CHARGES, cashMinor: Minor, daysLate: Type.Integer() });
export const NewSettlement = Type.Object(
  {
    paidOn: BusinessDate,
    /** Where the money comes from or goes to; the title's own unless said. */
    place: Type.Optional(Ref),
    /** All that is open unless said. */
    principalMinor: Type.Optional(Above),
    /** As the terms say unless said: what was paid in fact. */
    fineMinor: Type.Optional(Minor),
    interestMinor: Type.Optional(Minor),
    discountMinor: Type.Optional(Minor),
    method: Type.Optional(MethodName),
  },
  closed,
);
export type NewSettlement = Static<typeof NewSettlement>;
/** What was accepted. How it stands in the books, `getTitle` says. */
export const SettlementMade = Type.Object({
  settlementId: Uuid,
  paidOn: BusinessDate,
  placeId: Uuid,
  ...CHARGES,
  cashMinor: Minor,
  /** What is left of the title. */
  openMinor: Minor,
});
export type SettlementMade = Static<typeof SettlementMade>;

/** What is expected: of a title what is open of it, of a rule the occurrences that are no titles yet. */
export const Expected = Type.Object({
  items: Type.Array(
    Type.Object({
      kind: literals(['title', 'recurrence'] as const),
      /** Of the title; of a recurrence the id that its title will have. */
      ref: Uuid,
      ruleId: nullable(Uuid),
      label: Type.String(),
      direction: literals(['in', 'out'] as const),
      amountMinor: Minor,
      dueOn: BusinessDate,
      /** It could have been paid without charges until a day before today. */
      overdue: Type.Boolean(),
    }),
  ),
});
export type Expected = Static<typeof Expected>;
