import { type Static, Type } from 'typebox';
import { BusinessDate, Instant, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';
import { literals } from './contract-chart.ts';
import { ENTRY_KINDS, type EntryKind, METHODS, type Method, OWED, type Owed } from './domain/entry.ts';

/** Entries: what goes in, what is answered, what is shown. */

const closed = { additionalProperties: false } as const;

/** An id, or the key of a default one (`sales`, `drawer`): whoever knows the key need not ask for the id. */
export const Ref = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{1,39}$',
  description: 'O id, ou a chave de um que veio com os livros, como sales ou drawer',
});
const Above = Type.String({ pattern: '^[1-9][0-9]{0,17}$', description: 'Centavos, acima de zero' });
export const KindName = literals<EntryKind>(
  ENTRY_KINDS,
  'in: entrada; out: saída; transfer: entre contas da própria loja; opening: saldo inicial',
);
export const MethodName = literals<Method>(METHODS);
export const OwedName = literals<Owed>(OWED, 'cards: cartões a receber; receivable: a receber; payable: a pagar');
export const StateName = literals(
  ['accepted', 'posted', 'refused', 'reversed'] as const,
  'accepted: gravado, a caminho do razão; posted: no razão; refused: o razão recusou; reversed: estornado',
);
export const Text = Type.String({ maxLength: 200, description: 'O que foi' });
export const Counterparty = Type.String({ minLength: 1, maxLength: 120, description: 'Com quem' });
export const Tag = Type.String({ minLength: 1, maxLength: 40 });
export const Tags = Type.Array(Tag, { maxItems: 10 });
export const Reason = Type.String({ minLength: 1, maxLength: 200, description: 'Por quê' });

export const Line = Type.Object({ category: Ref, amountMinor: Above }, closed);
export type Line = Static<typeof Line>;

/**
 * What happened. `in` and `out` say `lines` (or `amountMinor` alone, to be sorted by rules or later) and where the money is: `place`; what is only owed
 * says `owed` in its stead. Two dates (`date` of payment and `competence`) book what is owed in between: `owed`, or receivable and payable. `transfer`
 * goes from `place` or `owed` to `toPlace` or `toOwed`. `opening` is what `place` had before `date` began, and may be negative.
 */
export const NewEntry = Type.Object(
  {
    /** Whoever derives it from what the entry is about may repeat it. */
    id: Type.Optional(Uuid),
    kind: KindName,
    amountMinor: Type.Optional(Type.String({ pattern: '^-?[1-9][0-9]{0,17}$', description: 'Centavos; negativo só em opening' })),
    lines: Type.Optional(Type.Array(Line, { minItems: 1, maxItems: 20 })),
    place: Type.Optional(Ref),
    owed: Type.Optional(OwedName),
    toPlace: Type.Optional(Ref),
    toOwed: Type.Optional(OwedName),
    date: { ...BusinessDate, description: 'Dia do pagamento, ou do que só é devido; não depois de hoje' },
    competence: Type.Optional({ ...BusinessDate, description: 'Dia a que se refere; o mesmo quando falta' }),
    text: Type.Optional(Text),
    method: Type.Optional(MethodName),
    counterparty: Type.Optional(Counterparty),
    tags: Type.Optional(Tags),
    /** What it came from, once in a shop. */
    origin: Type.Optional(
      Type.Object(
        { module: Type.String({ minLength: 1, maxLength: 40 }), reference: Type.String({ minLength: 1, maxLength: 120 }) },
        closed,
      ),
    ),
    late: Type.Optional(
      Type.Literal('first-open-day', { description: 'Em dia fechado: lança no primeiro dia aberto e guarda a data original' }),
    ),
  },
  closed,
);
export type NewEntry = Static<typeof NewEntry>;

export const RecordResult = Type.Object({
  id: Uuid,
  outcome: literals(['recorded', 'duplicate', 'refused'] as const),
  /** Why it was refused. */
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  detailEn: Type.Optional(Type.String()),
  /** The day it counts on. */
  date: BusinessDate,
  /** Its place in the ledger, once it is there: what a reader of days may wait for. */
  position: nullable(Type.Integer()),
});
export type RecordResult = Static<typeof RecordResult>;

/** What is said of one entry as it is accepted: the same at every repetition. */
export const Accepted = Type.Object({
  id: Uuid,
  accountId: Uuid,
  amountMinor: SignedMinor,
  date: BusinessDate,
  competence: BusinessDate,
  /** Where it came late: the day it was meant for. */
  originalDate: nullable(BusinessDate),
  recordedAt: Instant,
});
export const AcceptedOnce = Type.Object({ replayed: Type.Boolean(), position: nullable(Type.Integer()), entry: Accepted });
export type AcceptedOnce = Static<typeof AcceptedOnce>;

export const EntryLine = Type.Object({ categoryId: Uuid, amountMinor: Minor });
export const Entry = Type.Object({
  id: Uuid,
  accountId: Uuid,
  kind: KindName,
  state: StateName,
  /** The ledger's code, of what it refused. */
  refusal: nullable(Type.String()),
  position: nullable(Type.Integer()),
  /** Negative only for an opening. */
  amountMinor: SignedMinor,
  lines: Type.Array(EntryLine),
  placeId: nullable(Uuid),
  owed: nullable(OwedName),
  toPlaceId: nullable(Uuid),
  toOwed: nullable(OwedName),
  date: BusinessDate,
  competence: BusinessDate,
  /** Where it came late: the days it was meant for. */
  originalDate: nullable(BusinessDate),
  originalCompetence: nullable(BusinessDate),
  text: nullable(Type.String()),
  method: nullable(MethodName),
  /** Null after erasure, too. */
  counterparty: nullable(Type.String()),
  tags: Type.Array(Type.String()),
  origin: nullable(Type.Object({ module: Type.String(), reference: Type.String() })),
  /** What mirrors it on an open day, where its own was closed when it was reversed. */
  reversedBy: nullable(Uuid),
  /** Some of it is still in "a classificar". */
  unsorted: Type.Boolean(),
  recordedAt: Instant,
  /** Changes with every change. */
  version: Type.Integer(),
});
export type Entry = Static<typeof Entry>;

export const Change = Type.Object({
  version: Type.Integer(),
  kind: literals(['recorded', 'reversed', 'recategorised', 'edited'] as const),
  at: Instant,
  /** Who did it: kind and id. */
  by: Type.String(),
  reason: nullable(Type.String()),
  state: literals(['accepted', 'posted', 'refused'] as const),
  refusal: nullable(Type.String()),
  /** What it was before, where lines changed. */
  linesBefore: nullable(Type.Array(EntryLine)),
});
export type Change = Static<typeof Change>;

export const EntryHistory = Type.Object({
  ...Entry.properties,
  history: Type.Array(Change),
  /** Of its transfers in the ledger. */
  transferIds: Type.Array(Uuid),
});
export type EntryHistory = Static<typeof EntryHistory>;

/** Words of an entry that may change; what is left out stays, null takes it away. */
export const EntryEdit = Type.Object(
  {
    version: Type.Integer({ minimum: 1, maximum: 2_147_483_647, description: 'A versão que se leu' }),
    text: Type.Optional(nullable(Text)),
    method: Type.Optional(nullable(MethodName)),
    counterparty: Type.Optional(nullable(Counterparty)),
    tags: Type.Optional(Tags),
  },
  { ...closed, examples: [{ version: 1, text: 'Pães e bolos' }] },
);
export type EntryEdit = Static<typeof EntryEdit>;

export const SortMany = Type.Object(
  { entryIds: Type.Array(Uuid, { minItems: 1, maxItems: 500 }), category: Ref },
  { ...closed, examples: [{ entryIds: ['0192f000-0000-7000-8000-0000000000e1'], category: 'goods' }] },
);
export const Sorted = Type.Object({
  /** How many stand under it now. */
  sorted: Type.Integer(),
  refused: Type.Array(Type.Object({ entryId: Uuid, code: Type.String() })),
});
export type Sorted = Static<typeof Sorted>;
