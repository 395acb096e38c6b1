import { type Static, Type } from 'typebox';
import { Approval, approvalOperations } from '#platform/approvals/contract.ts';
import { defineContract } from '#platform/face/contract.ts';
import { personalDataOperations } from '#platform/privacy/keeper.ts';
import { Minor, nullable as Nullable, PeriodEdge, SignedMinor, Uuid } from '#platform/schemas.ts';
import { ArrivalDecision, ArrivalDetail, ArrivalStatus, Arrivals, BookDifferences, DecidedArrival } from './contract-receipts.ts';
import { Devolucao, ReceivedPix } from './contract-returns.ts';
import { isTerminal, STATUSES, type Status } from './domain/payment.ts';
import { PaymentStatus } from './events.ts';

const Instant = Type.String();
const Text = Nullable(Type.String());
/** Readable id of a payment, `pay_…`; a bare UUID is understood, too. */
export const PaymentId = Type.String({ minLength: 1, maxLength: 60 });
export const Code = Type.String({ maxLength: 2_000 });
/** Above zero and within what a Pix message carries. */
export const AmountMinor = Type.String({ pattern: '^[1-9][0-9]{0,11}$' });
export const Description = Type.String({ maxLength: 140 });

export const Account = Type.Object({
  status: Type.Union([Type.Literal('opening'), Type.Literal('open')]),
  ledgerAccountId: Nullable(Uuid),
  branch: Type.String(),
  number: Type.String(),
  ispb: Type.String(),
  /** Null until the account is open. */
  pixKey: Text,
});
export type Account = Static<typeof Account>;

export const Balance = Type.Object({
  availableMinor: SignedMinor,
  postedMinor: SignedMinor,
  heldMinor: Minor,
  currency: Type.String(),
  asOf: Instant,
});
export type Balance = Static<typeof Balance>;

export const StatementLine = Type.Object({
  id: Type.String(),
  at: Instant,
  /** `return-out`: given back by the person; `return-in`: what came back of a Pix of theirs. */
  kind: Type.Union([
    Type.Literal('pix-out'),
    Type.Literal('pix-in'),
    Type.Literal('return-out'),
    Type.Literal('return-in'),
    Type.Literal('hold'),
    Type.Literal('other'),
  ]),
  direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
  amountMinor: Minor,
  /** Posted balance after the line; null for holds. */
  balanceAfterMinor: Nullable(SignedMinor),
  counterparty: Text,
  description: Text,
  paymentId: Text,
  /** Names the comprovante of this line, for either side; null where there is none. */
  comprovanteId: Text,
  status: Type.Union([Type.Literal('done'), Type.Literal('pending'), Type.Literal('failed')]),
});
export type StatementLine = Static<typeof StatementLine>;
export const Statement = Type.Object({ lines: Type.Array(StatementLine), next: Text });

export const Decoded = Type.Object({
  kind: Type.Union([Type.Literal('static'), Type.Literal('dynamic'), Type.Literal('key')]),
  payee: Type.Object({ name: Type.String(), taxIdMasked: Type.String(), bankName: Type.String(), keyMasked: Text, city: Text }),
  amountMinor: Nullable(Minor),
  amountEditable: Type.Boolean(),
  txid: Text,
  description: Text,
  /** When the charge behind a dynamic code expires. */
  expiresAt: Nullable(Instant),
  /** Names what was decoded for the next ten minutes; pays once. */
  quoteId: Type.String(),
});
export type Decoded = Static<typeof Decoded>;

/** One thing done for a payment, as shown on its screen. */
export const PaymentStep = Type.Object({
  name: Type.String(),
  status: Type.Union([
    Type.Literal('done'),
    Type.Literal('running'),
    Type.Literal('failed'),
    Type.Literal('waiting'),
    Type.Literal('unanswered', { description: 'asked, and no answer came in time: it may have been done all the same' }),
  ]),
  at: Instant,
  attempt: Type.Integer(),
  durationMs: Type.Number(),
});
/**
 * As in the events, and two that a person is told to wait in: `disputed` (what we were told contradicts itself) and `stuck` (its time is
 * up, and what became of it is not known). People of the institution decide; until then the money stays where it is.
 */
export const ShownStatus = Type.Union([PaymentStatus, Type.Literal('disputed'), Type.Literal('stuck')]);
export const Payment = Type.Object({
  id: Type.String(),
  status: ShownStatus,
  amountMinor: Minor,
  /** Empty strings once the payer's data were erased. */
  payee: Type.Object({ name: Type.String(), taxIdMasked: Type.String(), bankName: Type.String() }),
  description: Text,
  createdAt: Instant,
  settledAt: Nullable(Instant),
  endToEndId: Text,
  reasons: Type.Array(Type.Object({ code: Type.String(), message: Type.String() })),
  steps: Type.Array(PaymentStep),
});
export type Payment = Static<typeof Payment>;

/** One side of a Pix. Empty texts once that person's data were erased; null what the Pix does not tell. */
export const Party = Type.Object({
  name: Type.String(),
  taxIdMasked: Type.String(),
  bankName: Type.String({ description: 'Empty for a payer elsewhere: the Pix names only the ISPB' }),
  ispb: Text,
  branch: Text,
  account: Text,
});
/** The proof of a Pix that happened, for the payer and for the payee. */
export const Comprovante = Type.Object({
  id: Type.String(),
  direction: Type.Union([Type.Literal('in'), Type.Literal('out')]),
  amountMinor: Minor,
  /** When it settled (of what came from outside: when the provider received it). */
  at: Instant,
  payer: Party,
  payee: Party,
  description: Text,
  endToEndId: Type.String(),
  txid: Text,
  /** The Pix that came back with it, for a devolução; `endToEndId` is then the return's own, `D…`. */
  returnOf: Text,
});
export type Comprovante = Static<typeof Comprovante>;

/** A BR Code to be paid with, made for the person who receives. */
export const ReceiveCode = Type.Object({
  code: Type.String(),
  /** Comes back with the Pix that pays this code. */
  txid: Type.String(),
  pixKey: Type.String(),
  payeeName: Type.String(),
  amountMinor: Nullable(Minor),
});

/** One step in full: what went in (no personal data) and what came out. */
export const Step = Type.Object({
  step: Type.String(),
  attempt: Type.Integer(),
  startedAt: Instant,
  durationMs: Type.Number(),
  input: Type.Record(Type.String(), Type.Unknown()),
  outcome: Type.Record(Type.String(), Type.Unknown()),
  statusBefore: Type.String(),
  statusAfter: Type.String(),
});
export type Step = Static<typeof Step>;
export const Steps = Type.Object({ paymentId: Type.String(), steps: Type.Array(Step) });

/** The statuses in which a payment is not over, as operators see them. */
export const OpenStatus = Type.Unsafe<Status>(
  Type.Union(STATUSES.filter((status) => !isTerminal(status)).map((status) => Type.Literal(status))),
);
/** What an operator sees of a payment that does not end by itself: no names, no keys. */
export const OpenPayment = Type.Object({
  id: Type.String(),
  status: Type.String(),
  /** Since when it has been in this status. */
  since: Instant,
  amountMinor: Minor,
  endToEndId: Type.String(),
  createdAt: Instant,
  attempt: Type.Integer(),
  /** What was found wrong with it, as a code. */
  trouble: Text,
  /** The last word believed. */
  outcome: Nullable(Type.Union([Type.Literal('executed'), Type.Literal('not-executed')])),
  /** Where the payer's money is, by our books. */
  money: Type.Union([Type.Literal('none'), Type.Literal('held'), Type.Literal('posted'), Type.Literal('released')]),
});
export type OpenPayment = Static<typeof OpenPayment>;
export const OpenPayments = Type.Object({ payments: Type.Array(OpenPayment), next: Text });
export const Decision = Type.Union([Type.Literal('executed'), Type.Literal('not-executed')], {
  description: 'executed: o dinheiro saiu, e é lançado; not-executed: não saiu, e volta ao pagador',
});
/** Why somebody decided so; kept for ever with who and when. */
export const DecisionReason = Type.String({ minLength: 3, maxLength: 200 });
export const Decided = Type.Object({ id: Type.String(), status: Type.String() });

export const ReviewDecision = Type.Union([Type.Literal('approve'), Type.Literal('deny')]);
/** What one asks and another approves. */
export const Asked = Type.Union([
  Type.Object({ kind: Type.Literal('payments.resolve'), paymentId: PaymentId, decision: Decision }),
  Type.Object({
    kind: Type.Literal('payments.receipt'),
    receiptId: PaymentId,
    decision: ArrivalDecision,
    accountId: Type.Optional(Uuid),
  }),
  Type.Object({
    kind: Type.Literal('payments.difference'),
    differenceId: Uuid,
    status: Type.Union([Type.Literal('explained'), Type.Literal('compensated'), Type.Literal('closed')]),
  }),
]);

/** An account of `accounts`. Each operation asks there whether whoever calls may do this with it. */
const OfAccount = Type.Object({ accountId: Uuid });
/** The log-in in which a person asks, for what has to be proved in it. `atMs`: when it was made, of a token that may have been got for just this. */
const LogIn = Type.Object({
  grantId: Type.String({ maxLength: 100 }),
  acr: Type.String({ maxLength: 20 }),
  atMs: Type.Optional(Type.Number()),
});
const Limit = Type.Integer({ minimum: 1, maximum: 100 });
export const StatementQuery = {
  cursor: Type.Optional(Type.String({ maxLength: 400 })),
  from: Type.Optional(PeriodEdge),
  to: Type.Optional(PeriodEdge),
  direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
  search: Type.Optional(
    Type.String({ minLength: 1, maxLength: 60, description: 'Words in the name or the description, or an amount as written: 12,34' }),
  ),
  status: Type.Optional(
    Type.Union([Type.Literal('done'), Type.Literal('failed')], { description: 'failed: payments that did not happen' }),
  ),
};

export const paymentsContract = defineContract('payments', {
  /** @throws PAYMENTS_NO_ACCOUNT */
  getAccount: { input: OfAccount, output: Account },
  /** Zero while the account is opening. @throws PAYMENTS_NO_ACCOUNT */
  getBalance: { input: OfAccount, output: Balance },
  /**
   * Newest first; open holds come first on the first page. With `search`, a page may hold fewer lines than asked for, or none, and still
   * have a next: it looks through some hundred lines at a time. `status` failed lists what the person tried to pay and did not: such lines
   * moved nothing and have no balance. @throws PAYMENTS_NO_ACCOUNT, PLATFORM_BAD_REQUEST for a cursor that is none
   */
  getStatement: { input: Type.Object({ accountId: Uuid, limit: Limit, ...StatementQuery }), output: Statement },
  /** Reads a BR Code or a bare key. @throws PIX_* */
  decode: { input: Type.Object({ accountId: Uuid, code: Code }), output: Decoded },
  /**
   * Needs `ctx.idempotencyKey`. Counts against the limits of whoever calls.
   * @throws PAYMENTS_QUOTE_*, PAYMENTS_AMOUNT_*, PAYMENTS_ACCOUNT_OPENING, PAYMENTS_PROOF_NEEDED, PAYMENTS_FACTOR_NEEDED, PAYMENTS_NEW_DEVICE_*
   */
  createPayment: {
    input: Type.Object({
      accountId: Uuid,
      quoteId: Type.String({ maxLength: 60 }),
      amountMinor: AmountMinor,
      description: Type.Optional(Description),
      logIn: Type.Optional(LogIn),
    }),
    output: Type.Object({ status: Type.Integer(), replayed: Type.Boolean(), payment: Payment }),
  },
  /** With `accountId`, another account's payment does not exist; without, it is the tenant's, for services. @throws PAYMENTS_NOT_FOUND */
  getPayment: { input: Type.Object({ paymentId: PaymentId, accountId: Type.Optional(Uuid) }), output: Payment },
  /**
   * The payment that was made under an Idempotency-Key of whoever calls, on this account, if one was: asks, and never makes one. A request that is still under
   * way at this moment is not seen yet. @throws PAYMENTS_NOT_FOUND
   */
  getPaymentByKey: {
    input: Type.Object({ accountId: Uuid, idempotencyKey: Type.String({ minLength: 1, maxLength: 128 }) }),
    output: Payment,
  },
  /** `pay_…`, `rcv_…` or `dev_…` of this account. @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_SETTLED */
  getComprovante: { input: Type.Object({ id: PaymentId, accountId: Uuid }), output: Comprovante },
  /** @throws PAYMENTS_ACCOUNT_OPENING, PAYMENTS_NO_ACCOUNT */
  getReceiveCode: {
    input: Type.Object({
      accountId: Uuid,
      amountMinor: Type.Optional(AmountMinor),
      description: Type.Optional(Type.String({ maxLength: 37 })),
    }),
    output: ReceiveCode,
  },
  /**
   * A Pix that this account received, and what of it may still be given back.
   * @throws PAYMENTS_RECEIPT_NOT_FOUND, PAYMENTS_RETURN_NOT_RECEIVED, PAYMENTS_RETURN_NOT_CREDITED
   */
  getReceived: { input: Type.Object({ receiptId: PaymentId, accountId: Uuid }), output: ReceivedPix },
  /** Gives back a Pix, or a part of it. Needs `ctx.idempotencyKey`. @throws PAYMENTS_RECEIPT_NOT_FOUND, PAYMENTS_RETURN_*, PAYMENTS_PROVIDER_BUSY */
  createDevolucao: {
    input: Type.Object({ accountId: Uuid, receiptId: PaymentId, amountMinor: AmountMinor, logIn: Type.Optional(LogIn) }),
    output: Type.Object({ status: Type.Integer(), replayed: Type.Boolean(), devolucao: Devolucao }),
  },
  /** With `accountId`, another account's does not exist; without, it is the tenant's, for services. @throws PAYMENTS_RETURN_NOT_FOUND */
  getDevolucao: { input: Type.Object({ devolucaoId: PaymentId, accountId: Type.Optional(Uuid) }), output: Devolucao },
  getSteps: { input: Type.Object({ paymentId: PaymentId, accountId: Type.Optional(Uuid) }), output: Steps },
  /** Payments that are not over, those that have been longest in their status first. For operators. */
  listOpenPayments: {
    input: Type.Object({ status: OpenStatus, limit: Limit, cursor: Type.Optional(Type.String({ maxLength: 100 })) }),
    output: OpenPayments,
  },
  /** One person ends what cannot end by itself; never an operator. Needs `ctx.idempotencyKey`. @throws PAYMENTS_TAKES_TWO, PAYMENTS_NOT_FOUND, PAYMENTS_NOT_FOR_PEOPLE */
  resolvePayment: {
    input: Type.Object({ paymentId: PaymentId, decision: Decision, reason: DecisionReason }),
    output: Type.Object({ replayed: Type.Boolean(), payment: Decided }),
  },
  /** Payments of the tenant by our id or the end-to-end id. */
  searchPayments: {
    input: Type.Object({ text: Type.String({ maxLength: 60 }) }),
    output: Type.Object({ ids: Type.Array(Type.String()) }),
  },
  /** Asks a second person. Needs `ctx.idempotencyKey`. @throws PLATFORM_APPROVAL_PENDING, and what would refuse the decision itself */
  askApproval: { input: Type.Object({ asked: Asked, reason: DecisionReason }), output: Approval },
  ...approvalOperations,
  ...personalDataOperations,
  /** Of a payment in review. Needs `ctx.idempotencyKey`. @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_IN_REVIEW, PLATFORM_APPROVAL_PENDING */
  reviewPayment: {
    input: Type.Object({ paymentId: PaymentId, decision: ReviewDecision, reason: DecisionReason }),
    output: Type.Union([
      Type.Object({ status: Type.Literal(200), body: Decided }),
      Type.Object({ status: Type.Literal(202), body: Approval }),
    ]),
  },
  /** What is due is tried now. @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOTHING_DUE */
  retryPayment: { input: Type.Object({ paymentId: PaymentId, reason: DecisionReason }), output: Decided },
  /** Arrivals that are not over, oldest in their status first; those that stand still (unmatched, mismatched, refused returns) unless told. */
  listReceipts: {
    input: Type.Object({ status: Type.Optional(ArrivalStatus), cursor: Type.Optional(Type.String({ maxLength: 400 })), limit: Limit }),
    output: Arrivals,
  },
  /** @throws PAYMENTS_RECEIPT_NOT_FOUND */
  getReceipt: { input: Type.Object({ receiptId: PaymentId }), output: ArrivalDetail },
  /**
   * Decides about an arrival that stands still: `match` credits it to an account (`accountId`, for what is unmatched) or for the amount that
   * the provider told (for what is mismatched); `give-back` returns it. Of a return that the provider refused: `return-again` sends it under a
   * new id, `keep` leaves the money here, as owed. Needs `ctx.idempotencyKey`.
   * @throws PAYMENTS_RECEIPT_NOT_FOUND, PAYMENTS_RECEIPT_NOT_STANDING, PAYMENTS_RECEIPT_NEEDS_PERSON, PAYMENTS_NO_ACCOUNT
   */
  decideReceipt: {
    input: Type.Object({ receiptId: PaymentId, decision: ArrivalDecision, accountId: Type.Optional(Uuid), reason: DecisionReason }),
    output: Type.Object({ status: Type.Integer(), replayed: Type.Boolean(), body: DecidedArrival }),
  },
  /** Open differences between our books and the provider's statement, oldest first. */
  listDifferences: {
    input: Type.Object({ cursor: Type.Optional(Type.String({ maxLength: 400 })), limit: Limit }),
    output: BookDifferences,
  },
  /** Sandbox only: makes the provider send a Pix to the account's key. Repeating it with the same `ctx.idempotencyKey` sends one. */
  requestTestReceipt: {
    input: Type.Object({ accountId: Uuid, amountMinor: AmountMinor }),
    output: Type.Object({ endToEndId: Type.String() }),
  },
});
export type PaymentsContract = typeof paymentsContract;
