/** A decision about a payment in review. */
export type ReviewDecision = 'approve' | 'deny';

/**
 * Whether this takes a second person. Money stays where it is when it is denied, so that one is enough, whoever it is. To let it go, one operator is enough up to
 * a sum; a service decides nothing, and asks.
 */
export function reviewTakesTwo(
  review: { decision: ReviewDecision; by: 'person' | 'operator' | 'service' | 'system'; amountMinor: bigint },
  aloneUpToMinor: bigint,
): boolean {
  if (review.decision === 'deny') return false;
  return review.by !== 'operator' || review.amountMinor > aloneUpToMinor;
}
