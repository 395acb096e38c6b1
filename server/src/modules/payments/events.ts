import { type Static, Type } from 'typebox';
import { approvalEvents } from '#platform/approvals/contract.ts';
import { UUID_PATTERN } from '#platform/id.ts';
import { MINOR_PATTERN } from '#platform/money.ts';

const Uuid = Type.String({ pattern: UUID_PATTERN });
const Instant = Type.String({ format: 'date-time' });

/** What people and other modules see of a payment. Golden copies of these schemas: `golden/`. */
export const PaymentStatus = Type.Union([
  Type.Literal('processing'),
  Type.Literal('in-review'),
  Type.Literal('declined'),
  Type.Literal('sent'),
  Type.Literal('settled'),
  Type.Literal('failed'),
  Type.Literal('unknown'),
]);
export type PaymentStatus = Static<typeof PaymentStatus>;

/** A person's account can be paid into and from. Key: subjectId. */
export const ACCOUNT_OPENED = 'payments.account-opened.v1';
export const AccountOpened = Type.Object({ subjectId: Uuid, ledgerAccountId: Uuid });
export type AccountOpened = Static<typeof AccountOpened>;

/**
 * A payment's public status changed. Key: paymentId, the readable form used at every edge (`pay_…`; `rcv_…` for an incoming Pix, which
 * appears once, as settled). `payeeHash` is keyed with the installation's key and tenant: it recognises a payee and names nobody.
 */
export const PAYMENT_PROGRESSED = 'payments.payment-progressed.v1';
export const PaymentProgressed = Type.Object({
  paymentId: Type.String({ minLength: 30, maxLength: 30 }),
  subjectId: Uuid,
  direction: Type.Union([Type.Literal('out'), Type.Literal('in')]),
  method: Type.Literal('pix'),
  status: PaymentStatus,
  previousStatus: Type.Union([PaymentStatus, Type.Null()]),
  amountMinor: Type.String({ pattern: MINOR_PATTERN }),
  currency: Type.String(),
  payeeHash: Type.Union([Type.String({ pattern: '^[0-9a-f]{64}$' }), Type.Null()]),
  endToEndId: Type.Union([Type.String(), Type.Null()]),
  at: Instant,
});
export type PaymentProgressed = Static<typeof PaymentProgressed>;

/**
 * An incoming Pix that the ledger would not credit went back to its payer: the provider executed the return. Key: receiptId (`rcv_…`).
 * No account of a customer was touched. `refusal` is the ledger's code, `reason` the return's as the SPI knows it (pacs.004), `returnId`
 * the return's own id there.
 */
export const PIX_RETURNED = 'payments.pix-returned.v1';
export const PixReturned = Type.Object({
  receiptId: Type.String({ minLength: 30, maxLength: 30 }),
  subjectId: Uuid,
  ledgerAccountId: Uuid,
  amountMinor: Type.String({ pattern: MINOR_PATTERN }),
  currency: Type.String(),
  endToEndId: Type.String(),
  returnId: Type.String(),
  reason: Type.Literal('BE08'),
  refusal: Type.String(),
  returnedAt: Instant,
  at: Instant,
});
export type PixReturned = Static<typeof PixReturned>;

/**
 * Money that arrived for nobody here went back to its payer: a person decided so (`why` PAYMENTS_DECIDED), or no owner appeared in time
 * (PAYMENTS_UNMATCHED). Key: receiptId. Who decided, and with which words, is in the arrival's steps.
 */
export const UNMATCHED_RETURNED = 'payments.unmatched-returned.v1';
export const UnmatchedReturned = Type.Object({
  receiptId: Type.String({ minLength: 30, maxLength: 30 }),
  amountMinor: Type.String({ pattern: MINOR_PATTERN }),
  currency: Type.String(),
  endToEndId: Type.String(),
  returnId: Type.String(),
  reason: Type.Literal('BE08'),
  why: Type.String(),
  returnedAt: Instant,
  at: Instant,
});
export type UnmatchedReturned = Static<typeof UnmatchedReturned>;

/**
 * A Pix, or a part of one, that its receiver gives back came to another status. Key: devolucaoId (`dev_…`). `receiptId` names what is given
 * back as it was received, `returnId` the return at the Pix. Where the payer has an account here, a second event tells them, `in`, that it came.
 */
export const DEVOLUCAO_PROGRESSED = 'payments.devolucao-progressed.v1';
const DevolucaoStatus = Type.Union([
  Type.Literal('processing'),
  Type.Literal('unknown'),
  Type.Literal('stuck'),
  Type.Literal('settled'),
  Type.Literal('failed'),
  Type.Literal('declined'),
]);
export const DevolucaoProgressed = Type.Object({
  devolucaoId: Type.String({ minLength: 30, maxLength: 30 }),
  subjectId: Uuid,
  direction: Type.Union([Type.Literal('out'), Type.Literal('in')]),
  receiptId: Type.String({ minLength: 30, maxLength: 30 }),
  amountMinor: Type.String({ pattern: MINOR_PATTERN }),
  currency: Type.String(),
  endToEndId: Type.String(),
  returnId: Type.String(),
  status: DevolucaoStatus,
  previousStatus: Type.Union([DevolucaoStatus, Type.Null()]),
  refusal: Type.Union([Type.String(), Type.Null()]),
  at: Instant,
});
export type DevolucaoProgressed = Static<typeof DevolucaoProgressed>;

/** Everything this module publishes, by type. */
export const events = {
  [ACCOUNT_OPENED]: AccountOpened,
  [PAYMENT_PROGRESSED]: PaymentProgressed,
  [PIX_RETURNED]: PixReturned,
  [UNMATCHED_RETURNED]: UnmatchedReturned,
  [DEVOLUCAO_PROGRESSED]: DevolucaoProgressed,
  ...approvalEvents('payments'),
} as const;
