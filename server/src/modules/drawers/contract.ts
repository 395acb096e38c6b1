import { type Static, Type } from 'typebox';
import { defineContract, type Face } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { BusinessDate, Instant, Minor, nullable, SignedMinor, Uuid } from '#platform/schemas.ts';
import { LATEST_CUT_OFF } from './domain/business-day.ts';
import { DENOMINATIONS } from './domain/count.ts';
import { ALL_KINDS, type AnyKind, KINDS, type Kind, METHODS, type Method } from './domain/movement.ts';
import { STATUSES, type Status } from './domain/session.ts';

const closed = { additionalProperties: false } as const;
const literals = <T extends string | number>(values: readonly T[], description?: string) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      description === undefined ? {} : { description },
    ),
  );

export const MethodName = literals<Method>(METHODS, 'cash: dinheiro; pix; debit-card, credit-card: cartões; voucher: vale');
const SlipMethod = literals<Exclude<Method, 'cash'>>(['pix', 'debit-card', 'credit-card', 'voucher']);
const KindName = literals<Kind>(
  KINDS,
  'sale: venda; supply: suprimento; withdrawal: sangria; refund: devolução; expense: despesa paga do caixa; pix-change: Pix Troco; pix-withdrawal: Pix Saque',
);
const StatusName = literals<Status>(
  STATUSES,
  'open: aberto; counting: em conferência; closed: fechado; reviewed: conferido por outra pessoa',
);
export const Above = Type.String({ pattern: '^[1-9][0-9]{0,14}$', description: 'Centavos, acima de zero' });
/** An id, or the key of a place or category that came with the books. */
const Ref = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{1,39}$',
  description: 'O id, ou a chave de um que veio com os livros, como safe ou sales',
});
export const Note = Type.String({ minLength: 1, maxLength: 200 });
export const Reason = Type.String({ minLength: 3, maxLength: 200, description: 'Por quê' });

export const Pieces = Type.Object(
  {
    denominationMinor: literals(DENOMINATIONS, 'Cédula ou moeda, em centavos'),
    pieces: Type.Integer({ minimum: 0, maximum: 100_000 }),
  },
  closed,
);
const Cash = Type.Array(Pieces, { maxItems: DENOMINATIONS.length });
export const NewCount = Type.Object(
  {
    cash: Cash,
    slips: Type.Optional(
      Type.Array(Type.Object({ method: SlipMethod, amountMinor: Minor, slips: Type.Integer({ minimum: 0, maximum: 100_000 }) }, closed), {
        maxItems: METHODS.length - 1,
        description: 'O que ninguém contou fica de fora: não é zero',
      }),
    ),
  },
  closed,
);
export type NewCount = Static<typeof NewCount>;

/** What an acquirer's terminal says of a sale by card. */
const CardDetail = Type.Object(
  {
    acquirer: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{2,40}$' })),
    brand: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{2,40}$' })),
    instalments: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 })),
  },
  closed,
);
const Told = {
  amountMinor: Above,
  method: Type.Optional(MethodName),
  paidMinor: Type.Optional({ ...Above, description: 'Dinheiro que o cliente entregou; o troco é a diferença' }),
  category: Type.Optional(Ref),
  note: Type.Optional(Note),
  card: Type.Optional(CardDetail),
};
export const NewMovement = Type.Object(
  {
    kind: KindName,
    ...Told,
    handedOutMinor: Type.Optional({ ...Above, description: 'Só em pix-change: dinheiro que saiu' }),
    place: Type.Optional({
      ...Ref,
      description: 'De onde vem ou para onde vai o dinheiro; o cofre quando falta. De um Pix, a conta em que caiu',
    }),
  },
  closed,
);
export type NewMovement = Static<typeof NewMovement>;
/** A sale that the till recorded while it had no connection. */
export const OfflineSale = Type.Object({ id: Uuid, at: Instant, ...Told }, closed);
export type OfflineSale = Static<typeof OfflineSale>;

export const Movement = Type.Object({
  id: Uuid,
  /** Null for what came to the drawer outside any session. */
  sessionId: nullable(Uuid),
  placeId: Uuid,
  kind: Type.Unsafe<AnyKind>(literals(ALL_KINDS)),
  method: MethodName,
  amountMinor: Minor,
  paidMinor: nullable(Minor),
  changeMinor: nullable(Minor),
  handedOutMinor: nullable(Minor),
  /** By how much the drawer changed. */
  cashMinor: SignedMinor,
  note: nullable(Type.String()),
  businessDate: BusinessDate,
  at: Instant,
  recordedAt: Instant,
  by: Type.String(),
  /** `pending`: durable here, on its way to the books. */
  state: literals(['pending', 'recorded', 'refused'] as const),
  /** Of what the books refused: their code. */
  refusal: nullable(Type.String()),
  /** Place of the newest of its entries in the ledger, for readers who wait for it. */
  position: nullable(Type.Integer()),
  voids: nullable(Uuid),
  voidedBy: nullable(Uuid),
});
export type Movement = Static<typeof Movement>;

const ByMethod = Type.Object({ method: MethodName, expectedMinor: SignedMinor });
const Line = Type.Object({
  method: MethodName,
  expectedMinor: SignedMinor,
  /** Null: nobody counted it, which is not zero. */
  countedMinor: nullable(Minor),
  differenceMinor: nullable(SignedMinor),
});
export const Count = Type.Object({
  id: Uuid,
  nth: Type.Integer(),
  at: Instant,
  by: Type.String(),
  cash: Type.Array(Type.Object({ denominationMinor: Type.Integer(), pieces: Type.Integer() })),
  slips: Type.Array(Type.Object({ method: MethodName, amountMinor: Minor, slips: Type.Integer() })),
  lines: Type.Array(Line),
});
export type Count = Static<typeof Count>;
export const Difference = Type.Object({
  id: Uuid,
  sessionId: Uuid,
  stage: literals(['opening', 'closing'] as const),
  method: MethodName,
  expectedMinor: SignedMinor,
  countedMinor: Minor,
  differenceMinor: SignedMinor,
  reason: Type.String(),
  by: Type.String(),
  at: Instant,
  /** The movement that posts it to its own account; null where the money lies elsewhere (slips). */
  movementId: nullable(Uuid),
  approvedBy: nullable(Type.String()),
  approvedAt: nullable(Instant),
});
export type Difference = Static<typeof Difference>;

export const Session = Type.Object({
  id: Uuid,
  placeId: Uuid,
  storeId: Uuid,
  status: StatusName,
  businessDate: BusinessDate,
  openedBy: Type.String(),
  openedAt: Instant,
  floatMinor: Minor,
  closedBy: nullable(Type.String()),
  closedAt: nullable(Instant),
  reviewedBy: nullable(Type.String()),
  reviewedAt: nullable(Instant),
  reviewNote: nullable(Type.String()),
  /** What should be there. Null to whoever is still to count blind. */
  expected: nullable(Type.Array(ByMethod)),
  counts: Type.Array(Count),
  differences: Type.Array(Difference),
});
export type Session = Static<typeof Session>;
export const SessionLine = Type.Object({
  id: Uuid,
  placeId: Uuid,
  storeId: Uuid,
  status: StatusName,
  businessDate: BusinessDate,
  openedBy: Type.String(),
  openedAt: Instant,
  closedAt: nullable(Instant),
  /** Of cash, once closed. */
  differenceMinor: nullable(SignedMinor),
});

export const Drawer = Type.Object({
  placeId: Uuid,
  storeId: Uuid,
  name: Type.String(),
  storeName: Type.String(),
  limitMinor: nullable(Minor),
  pixPlace: Type.String(),
  pixByItself: Type.Boolean(),
  /** More lies in it than its limit: a sangria is due. */
  withdrawalDue: Type.Boolean(),
  /** The session that is open or being counted. */
  session: nullable(Session),
});
export type Drawer = Static<typeof Drawer>;
export const DrawerSettings = Type.Object(
  {
    limitMinor: { ...nullable(Above), description: 'Acima disto uma sangria é devida; null: sem limite' },
    pixPlace: { ...Ref, description: 'A conta em que cai o Pix deste caixa' },
    pixByItself: Type.Boolean({ description: 'O Pix desta conta entra nos livros por si: o caixa só o conta' }),
  },
  closed,
);
export type DrawerSettings = Static<typeof DrawerSettings>;
export const StoreHours = Type.Object({
  storeId: Uuid,
  cutOffHour: Type.Integer({ minimum: 0, maximum: LATEST_CUT_OFF, description: 'O que acontece antes desta hora ainda é do dia anterior' }),
  timeZone: Type.String({ pattern: '^[A-Za-z_]+(/[A-Za-z_-]+){0,2}$', maxLength: 60, description: 'Da base tz' }),
});

export const LateSale = Type.Object({
  id: Uuid,
  placeId: Uuid,
  at: Instant,
  /** `closed`: its session is closed; `no-session`: none was open then; `future`: the till's clock is ahead. */
  why: literals(['closed', 'no-session', 'future'] as const),
  sessionId: nullable(Uuid),
  method: MethodName,
  amountMinor: Minor,
  note: nullable(Type.String()),
  state: literals(['waiting', 'recorded', 'discarded'] as const),
  reason: nullable(Type.String()),
});
export type LateSale = Static<typeof LateSale>;
export const LateDecision = literals(
  ['was-there', 'put-in', 'discard'] as const,
  'was-there: o dinheiro já estava no caixa quando foi conferido; put-in: entra agora na sessão aberta; discard: não é venda',
);

export const Deposit = Type.Object({
  id: Uuid,
  from: Type.String({ description: 'De onde saiu: o id, ou a chave' }),
  amountMinor: Minor,
  state: literals(
    ['in-transit', 'credited', 'refused'] as const,
    'in-transit: a caminho do banco; credited: no banco; refused: os livros recusaram',
  ),
  sentOn: BusinessDate,
  sentBy: Type.String(),
  creditedOn: nullable(BusinessDate),
  toPlaceId: nullable(Uuid),
});
export type Deposit = Static<typeof Deposit>;

const On = { accountId: Uuid };
const OnSession = { ...On, sessionId: Uuid };

/**
 * Drawers of a shop. `accountId` is the shop's account: each operation asks whether whoever calls may `see` it, keep its `books`, or manage it.
 * Operations marked "once" want `ctx.idempotencyKey`.
 */
export const drawersContract = defineContract('drawers', {
  /** All drawers with the session under way. What should lie in one is told to owners and accountants; to whoever counts, after they counted. */
  listDrawers: {
    input: Type.Object(On),
    output: Type.Object({ drawers: Type.Array(Drawer), waiting: Type.Integer({ description: 'Vendas atrasadas à espera de decisão' }) }),
  },
  /** Repeating it changes nothing. @throws DRAWERS_UNKNOWN */
  setDrawer: { input: Type.Object({ ...On, placeId: Uuid, settings: DrawerSettings }), output: DrawerSettings },
  getStoreHours: { input: Type.Object({ ...On, storeId: Uuid }), output: StoreHours },
  /** The hour at which a store's business day begins. Of what was recorded already the day stays. */
  setStoreHours: { input: Type.Object({ ...On, ...StoreHours.properties }), output: StoreHours },
  /**
   * Opens a drawer with the float that was counted, whatever the last closing said; what differs from it comes from `source` or is a difference with its reason. Once.
   * @throws DRAWERS_ALREADY_OPEN, DRAWERS_UNKNOWN, DRAWERS_REASON_REQUIRED, DRAWERS_COUNT_TWICE
   */
  openSession: {
    input: Type.Object({ ...On, placeId: Uuid, cash: Cash, source: Type.Optional(Ref), reason: Type.Optional(Reason) }),
    output: Session,
  },
  /** @throws DRAWERS_SESSION_NOT_FOUND */
  getSession: { input: Type.Object(OnSession), output: Session },
  /** By business day, both included: up to today, and from 30 days before, where they are not said. */
  listSessions: {
    input: Type.Object({
      ...On,
      from: Type.Optional(BusinessDate),
      to: Type.Optional(BusinessDate),
      limit: Type.Integer({ minimum: 1, maximum: 200 }),
    }),
    output: Type.Object({ sessions: Type.Array(SessionLine) }),
  },
  /** Once. @throws DRAWERS_SESSION_NOT_FOUND, DRAWERS_SESSION_CLOSED, DRAWERS_BEING_COUNTED, DRAWERS_ANOTHER_OPERATOR, DRAWERS_MOVEMENT_INVALID, DRAWERS_REFUSED */
  recordMovement: { input: Type.Object({ ...OnSession, movement: NewMovement }), output: Movement },
  /** Takes a movement of the open session back by its opposite. Once. @throws DRAWERS_MOVEMENT_NOT_FOUND, DRAWERS_ALREADY_VOIDED, and as `recordMovement` */
  voidMovement: { input: Type.Object({ ...OnSession, movementId: Uuid, reason: Reason }), output: Movement },
  listMovements: { input: Type.Object(OnSession), output: Type.Object({ movements: Type.Array(Movement) }) },
  /** Each sale by its own id once, in any order, into the session that held the drawer then; what finds none open waits for a decision. */
  recordOffline: {
    input: Type.Object({ ...On, placeId: Uuid, sales: Type.Array(OfflineSale, { minItems: 1, maxItems: 500 }) }),
    output: Type.Object({
      results: Type.Array(
        Type.Object({
          id: Uuid,
          outcome: literals(['recorded', 'duplicate', 'waiting', 'conflict', 'invalid'] as const),
          sessionId: nullable(Uuid),
          code: nullable(Type.String()),
        }),
      ),
    }),
  },
  listLateSales: { input: Type.Object(On), output: Type.Object({ sales: Type.Array(LateSale) }) },
  /** By whoever manages the account. Repeating the same decision changes nothing. @throws DRAWERS_SALE_NOT_FOUND, DRAWERS_ALREADY_DECIDED, DRAWERS_NO_SESSION */
  decideLateSale: { input: Type.Object({ ...On, saleId: Uuid, decision: LateDecision, reason: Reason }), output: LateSale },
  /** A count, blind until it is on record; a further one is a second record. Once. @throws DRAWERS_COUNT_TWICE, DRAWERS_SESSION_CLOSED */
  countSession: { input: Type.Object({ ...OnSession, count: NewCount }), output: Session },
  /** Closes with what the newest count says. A difference is accepted, posted and kept for ever; it wants a reason. Once. @throws DRAWERS_NOT_COUNTED, DRAWERS_COUNT_STALE, DRAWERS_REASON_REQUIRED, DRAWERS_LEAVES_TOO_MUCH */
  closeSession: {
    input: Type.Object({
      ...OnSession,
      reason: Type.Optional(Reason),
      leave: {
        ...nullable(Type.Object({ amountMinor: Minor, toPlace: Type.Optional(Ref) }, closed)),
        description: 'Quanto fica como fundo: o resto vai para o cofre, ou para onde se disser. null: tudo fica no caixa',
      },
    }),
    output: Session,
  },
  /** Another person looks at it and stands for its differences. Repeating it changes nothing. @throws DRAWERS_OWN_SESSION, DRAWERS_NOT_CLOSED */
  reviewSession: { input: Type.Object({ ...OnSession, note: Note }), output: Session },
  /** From the safe on its way to a bank: numerário em trânsito. Once. */
  sendDeposit: { input: Type.Object({ ...On, from: Type.Optional(Ref), amountMinor: Above }), output: Deposit },
  /** The bank has it. Repeating it changes nothing. @throws DRAWERS_DEPOSIT_NOT_FOUND, DRAWERS_DEPOSIT_CREDITED */
  creditDeposit: { input: Type.Object({ ...On, depositId: Uuid, toPlaceId: Uuid, date: BusinessDate }), output: Deposit },
  listDeposits: { input: Type.Object(On), output: Type.Object({ deposits: Type.Array(Deposit) }) },
  ...personalDataOperations,
});
export type DrawersContract = typeof drawersContract;
export type Drawers = Face<DrawersContract>;
