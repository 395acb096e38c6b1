import type { Actor } from '#platform/context.ts';
import { derivedId, publicId } from '#platform/id.ts';
import type { Payment } from './domain/payment.ts';

/** A payment's row: what the decisions need, and what carrying them out needs. */
export type PaymentRecord = Payment & {
  subjectId: string;
  /** The payer's account in the ledger. */
  accountId: string;
  quoteId: string;
  amountMinor: bigint;
  /** Our own id of the order at the provider; its end-to-end id, unless the provider makes that one (`payments.pix_names`). */
  endToEndId: string;
  /** The way to the provider, chosen when it was made. */
  connection: string;
  /** `Payee` as JSON, under the payer's key. */
  payeeSealed: Buffer;
  /** Hex of the keyed hash that recognises the payee within the tenant. */
  payeeHash: string;
  payeeAccountId: string | null;
  payeeSubjectId: string | null;
  descriptionSealed: Buffer | null;
  channel: string;
  actor: Actor;
  createdAtMs: number;
};

/** What is known of a payee. Only ever stored sealed. */
export type Payee = {
  name: string;
  taxIdMasked: string;
  bankName: string;
  ispb: string;
  branch: string;
  account: string;
  key: string | null;
  txid: string | null;
};

/** Whose account it is, as the provider wants to know it. Only ever stored sealed. */
export type Holder = { name: string; taxId: string };

/** What a vault's sealed bytes are for: bytes sealed for one purpose do not open for another. */
export const PAYEE_PURPOSE = 'payments.payee';
export const DESCRIPTION_PURPOSE = 'payments.description';
export const HOLDER_PURPOSE = 'payments.holder';
export const PIX_KEY_PURPOSE = 'payments.pix-key';
export const PAYER_PURPOSE = 'payments.payer';

export const PAYMENT_PREFIX = 'pay';
export const RECEIPT_PREFIX = 'rcv';
export const QUOTE_PREFIX = 'qte';

/** The name a payment has outside this module. */
export const paymentName = (id: string): string => publicId(PAYMENT_PREFIX, id);
/** The name of money coming in: of a receipt, or of the payee's side of a payment between two of ours. */
export const receiptName = (id: string): string => publicId(RECEIPT_PREFIX, id);

/** The id of the one ledger command a payment's step stands for: issuing it again changes nothing. A refused way's next has a `round`. */
export const commandId = (paymentId: string, step: 'hold' | 'post' | 'release' | 'transfer', round = 1): string =>
  derivedId('payments', paymentId, round === 1 ? step : `${step}/${round}`);
/** Every command of a payment that moves money on an account of a customer. A transfer under another id is not the payment's, whatever it says. */
export const paymentPostings = ({ id, postRound, releaseRound }: Pick<PaymentRecord, 'id' | 'postRound' | 'releaseRound'>): string[] => [
  commandId(id, 'transfer'),
  ...rounds(postRound).map((round) => commandId(id, 'post', round)),
  ...rounds(releaseRound)
    .slice(1)
    .map((round) => commandId(id, 'release', round)),
];
const rounds = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);
/** The same of an arrival. */
export const receiptPostings = (endToEndId: string): readonly string[] => [
  receiptCommandId(endToEndId),
  receiptCommandId(endToEndId, 'undated'),
];
export const customerAccountId = (tenantId: string, subjectId: string): string => derivedId('payments', 'account', tenantId, subjectId);
export const clearingAccountId = (tenantId: string): string => derivedId('payments', 'clearing', 'pix', tenantId);
/** What was paid for people whose money was no longer there: what they owe us. */
export const receivableAccountId = (tenantId: string): string => derivedId('payments', 'receivable', 'pix', tenantId);
/** What arrived, was not credited and has not gone back yet: a debt of the institution to the payers. */
export const returnsAccountId = (tenantId: string): string => derivedId('payments', 'returns', 'pix', tenantId);
/**
 * The ledger commands of a receipt: one credit (dated as it arrived, or `undated` where the ledger does not take that date), or else one
 * into the returns account and one out of it.
 */
export const receiptCommandId = (endToEndId: string, step?: 'undated' | `${'set-aside' | 'book-return'}${'' | '-undated'}`): string =>
  step ? derivedId('payments', 'receipt', endToEndId, step) : derivedId('payments', 'receipt', endToEndId);

export const DEVOLUCAO_PREFIX = 'dev';
/** The name a devolução has outside this module. */
export const devolucaoName = (id: string): string => publicId(DEVOLUCAO_PREFIX, id);
/** The ledger commands of a devolução. One that was refused is remembered as such, so the next of its kind has a `round`. */
export const devolucaoCommandId = (id: string, step: 'hold' | 'transfer' | 'post' | 'post-undated' | 'release', round = 1): string =>
  derivedId('payments', 'devolucao', id, round === 1 ? step : `${step}/${round}`);
/** Every command of a devolução that moves money. */
export const devolucaoPostings = ({ id, bookRound }: { id: string; bookRound: number }): string[] => [
  devolucaoCommandId(id, 'transfer'),
  ...rounds(bookRound).flatMap((round) => [devolucaoCommandId(id, 'post', round), devolucaoCommandId(id, 'post-undated', round)]),
];
