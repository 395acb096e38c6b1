import type { Actor } from '#platform/context.ts';
import type { AppError } from '#platform/errors.ts';
import { makeEndToEndId } from './domain/end-to-end-id.ts';
import { freshPayment } from './domain/payment.ts';
import { refusePayments } from './errors.ts';
import type { PaymentRecord } from './record.ts';
import type { Quote } from './store/quotes.ts';

/** What a person confirmed, before it is known whether the quote allows it. */
export type NewPayment = {
  id: string;
  tenantId: string;
  subjectId: string;
  accountId: string;
  quoteId: string;
  amountMinor: bigint;
  /** The way it goes, where it leaves the house. */
  connection: string;
  descriptionSealed: Buffer | null;
  actor: Actor;
  traceparent: string | null;
};
export type Agreed = { record: PaymentRecord } | { refused: AppError };

/** The payment a quote allows, or why it allows none. Another person's quote does not exist. */
export function toRecord(asked: NewPayment, quote: Quote | undefined, ispb: string, nowMs: number): Agreed {
  if (!quote || quote.subjectId !== asked.subjectId) return { refused: refusePayments('PAYMENTS_QUOTE_NOT_FOUND') };
  if (quote.expiresAtMs <= nowMs) return { refused: refusePayments('PAYMENTS_QUOTE_EXPIRED') };
  if (asked.amountMinor <= 0n) return { refused: refusePayments('PAYMENTS_AMOUNT_INVALID') };
  if (!quote.amountEditable && quote.amountMinor !== asked.amountMinor) return { refused: refusePayments('PAYMENTS_AMOUNT_FIXED') };
  return {
    record: {
      ...freshPayment(quote.route),
      ...asked,
      endToEndId: makeEndToEndId(ispb, nowMs, asked.id),
      payeeSealed: quote.payeeSealed,
      payeeHash: quote.payeeHash.toString('hex'),
      payeeAccountId: quote.payeeAccountId,
      payeeSubjectId: quote.payeeSubjectId,
      channel: asked.actor.kind === 'person' ? 'app' : 'api',
      createdAtMs: nowMs,
      statusSinceMs: nowMs,
    },
  };
}
