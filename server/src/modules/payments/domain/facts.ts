import type { Reason } from './payment.ts';

/**
 * What can be learned about a payment. Facts of the provider say what is so there, never how it was told: no status of HTTP, no wording
 * of a provider comes this far (`rails/port.ts` is where they end).
 */
export type Fact =
  | { type: 'risk-approved'; decisionId?: string }
  | { type: 'risk-wants-review'; reasons: Reason[]; untilMs: number; decisionId?: string }
  | { type: 'risk-denied'; reasons: Reason[]; decisionId?: string }
  | { type: 'review-approved' }
  | { type: 'review-denied'; reasons: Reason[] }
  | { type: 'review-expired'; reasons: Reason[] }
  | { type: 'funds-held'; atMs: number | null }
  | { type: 'funds-refused'; reasons: Reason[] }
  | { type: 'moved-on-us'; atMs: number }
  /** The provider has the payment and will execute it. */
  | { type: 'provider-accepted' }
  /** It was sent, or may have been, and no answer tells what became of it; or the provider says that it has it already. */
  | { type: 'answer-missing' }
  /** This try certainly did not arrive. `retryAfterMs`: not before the provider wants to hear from us again. */
  | { type: 'not-sent'; retryAfterMs?: number }
  /** The provider does not know it, which says nothing yet. `counts`: long enough after the last send to be one of the two it takes. */
  | { type: 'not-found'; counts: boolean }
  /** The provider never received it, by its own repeated word, so that sending again (under the same id) is right. */
  | { type: 'not-received' }
  /** The same, and its statement has no such entry either: nothing of this payment was or will be executed. */
  | { type: 'never-executed'; reasons: Reason[] }
  /** Executed, with the amount and the id of the order. */
  | { type: 'provider-confirmed'; settledAtMs: number }
  /** By the provider's word on this very payment (asked by our id) it will never be executed. */
  | { type: 'provider-rejected'; reasons: Reason[] }
  /** An order was refused before execution. Of the first try that is the end; after a try without an answer it proves nothing. */
  | { type: 'provider-refused'; reasons: Reason[] }
  /** The provider took back a settlement it had told. */
  | { type: 'settlement-revoked'; code: string }
  /** The provider has something else under our id: another amount. */
  | { type: 'disagrees'; code: string }
  /** The order cannot be made any more: the payer's data were erased. */
  | { type: 'order-lost'; reasons: Reason[] }
  /** `mustEndBy` has passed. */
  | { type: 'time-is-up'; reasons: Reason[] }
  | { type: 'funds-posted' }
  | { type: 'post-refused'; code: string }
  | { type: 'funds-released' }
  | { type: 'release-refused'; code: string }
  /** Where the money of a disputed payment is, by the ledger itself. */
  | { type: 'money-seen'; money: 'held' | 'posted' | 'released' }
  /** A person decided what became of it. */
  | { type: 'resolved-executed'; atMs: number }
  | { type: 'resolved-not-executed'; reasons: Reason[] }
  /** The action could not be carried out or told nothing new; it is to be tried again later. */
  | { type: 'nothing-learned'; retryAfterMs?: number };

export type FactType = Fact['type'];
