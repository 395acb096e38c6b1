import { isTerminal, type Payment, type Status } from './payment.ts';

/** What is to be done for a payment. Each is one call to one other party, harmless to repeat. */
export const ACTIONS = ['assess', 'expire-review', 'hold', 'transfer', 'send', 'query', 'post', 'release'] as const;
export type Action = (typeof ACTIONS)[number];

export type Pace = {
  /** Pause before the second try of an action, in milliseconds; doubles with each. */
  retryBaseMs: number;
  retryMaxMs: number;
  /** How long a webhook has to arrive before the provider is asked. */
  firstQueryMs: number;
};

export const DEFAULT_PACE: Pace = { retryBaseMs: 250, retryMaxMs: 30_000, firstQueryMs: 3_000 };

/** What to do next and how long after the last step; null when the payment has ended. */
export function nextAction(payment: Payment, nowMs: number, pace: Pace = DEFAULT_PACE): { action: Action; afterMs: number } | null {
  if (isTerminal(payment.status)) return null;
  const pause = payment.attempt === 0 ? 0 : backoff(payment.attempt, pace);
  switch (payment.status as Exclude<Status, 'settled' | 'failed' | 'declined'>) {
    case 'created':
      return { action: 'assess', afterMs: pause };
    case 'in-review':
      return { action: 'expire-review', afterMs: Math.max(0, (payment.reviewUntilMs ?? nowMs) - nowMs) };
    case 'assessed':
      return { action: payment.route === 'on-us' ? 'transfer' : 'hold', afterMs: pause };
    case 'held':
      return { action: 'send', afterMs: pause };
    case 'sent':
      return { action: 'query', afterMs: Math.max(pause, pace.firstQueryMs) };
    case 'unknown':
      // Some time for what may still be on its way; a query too early would only hear "not received".
      return { action: 'query', afterMs: Math.max(pause, pace.retryBaseMs) };
    case 'confirmed':
      return { action: 'post', afterMs: pause };
    case 'rejected':
      return { action: 'release', afterMs: pause };
  }
}

function backoff(attempt: number, pace: Pace): number {
  return Math.min(pace.retryBaseMs * 2 ** Math.min(attempt - 1, 20), pace.retryMaxMs);
}

/** What people and other systems see of a status. */
export type PublicStatus = 'processing' | 'in-review' | 'declined' | 'sent' | 'settled' | 'failed' | 'unknown';

export function publicStatus(status: Status): PublicStatus {
  switch (status) {
    case 'created':
    case 'assessed':
    case 'held':
      return 'processing';
    // The provider has spoken, our books follow: until they do, nobody is told that it is over.
    case 'confirmed':
    case 'rejected':
      return 'sent';
    default:
      return status;
  }
}
