/**
 * What a provider is believed: the only words that cross from an adapter to the machine. How they were said (a status of HTTP, a code,
 * a wording) stays in the adapter.
 */
export type ProviderFact =
  /** Certainly nothing arrived. */
  | { fact: 'not-sent'; why: string; retryAfterMs?: number }
  | { fact: 'accepted' | 'awaiting-approval' | 'held' }
  /** Executed. The id is the order's own by construction; an amount that is not told is null. */
  | { fact: 'settled'; amountMinor: bigint | null; atMs: number | null }
  /** Said of an order: refused before execution. Said of a payment that was asked about: it ended unexecuted. */
  | { fact: 'refused'; code: string }
  | { fact: 'cancelled'; code: string }
  /** No answer that may be acted upon. `isStrange`: it was an answer, and one that the adapter does not know. */
  | { fact: 'unclear'; why: string; isStrange?: boolean; retryAfterMs?: number }
  | { fact: 'not-found' }
  /** Each "there is one already": ask. Never a failure, never a reason for another id. */
  | { fact: 'duplicate'; code: string }
  | { fact: 'returned'; amountMinor: bigint | null }
  | { fact: 'settlement-revoked'; code: string }
  /** Something else stands under our id there. */
  | { fact: 'differs'; code: string };

/** What an adapter can do and how far its words go; what is decided over money asks these, never which adapter it is. */
export type Capabilities = {
  id: string;
  /**
   * From so long after the last send on "not found" counts, in milliseconds; null: never. Longer than a request may be on its way and
   * than its replicas lag.
   */
  notFoundFinalAfterMs: number | null;
  /** So long after it happened a movement is on the statement for certain. */
  statementLagMs: number;
  /** An own id may be sent this long after it was made. */
  ownIdGoodForMs: number;
  /** An announcement is a reason to ask; it is never acted upon by itself. */
  webhookIs: 'trigger';
};
