import { backoffMs } from '#platform/backoff.ts';
import { awaitsLook, isBeforeSending, isForPeople, isRepairing, isTerminal, type Payment, type Status } from './payment.ts';

/** What is to be done for a payment. Each is one call to one other party, harmless to repeat; `give-up` decides here. */
export const ACTIONS = ['assess', 'expire-review', 'hold', 'transfer', 'send', 'query', 'give-up', 'post', 'release', 'look'] as const;
export type Action = (typeof ACTIONS)[number];

export type Pace = {
  /** Pause before the second try of an action, in milliseconds; doubles with each. */
  retryBaseMs: number;
  retryMaxMs: number;
  /** How long a webhook has to arrive before the provider is asked. */
  firstQueryMs: number;
  /** Between two questions about a payment whose time is up, or that has ended, at most. */
  stuckQueryMs: number;
  /** Where the scatter of pauses comes from; tests want it still. */
  random?: () => number;
};

export const DEFAULT_PACE: Pace = { retryBaseMs: 250, retryMaxMs: 30_000, firstQueryMs: 3_000, stuckQueryMs: 3_600_000 };

/** What is under way when a payment becomes disputed is over by then, or its process is. */
const LOOK_AFTER_MS = 2_000;

export type Due = { action: Action; afterMs: number };

/**
 * What to do next and how long after the last step; null when nothing is due. What the provider announced is asked about whatever the
 * state: a contradiction is news about a payment that has ended, too.
 */
export function nextAction(payment: Payment, nowMs: number, pace: Pace = DEFAULT_PACE): Due | null {
  const { status, attempt } = payment;
  if (asksAboutNews(payment)) {
    const mostMs = isTerminal(status) || isForPeople(status) ? pace.stuckQueryMs : pace.retryMaxMs;
    return { action: 'query', afterMs: backoffMs(attempt + 1, pace.retryBaseMs, mostMs, pace.random) };
  }
  if (isTerminal(status)) return null;
  const pause = attempt === 0 ? 0 : backoffMs(attempt, pace.retryBaseMs, pace.retryMaxMs, pace.random);
  switch (status as Exclude<Status, 'settled' | 'failed' | 'declined'>) {
    case 'created':
      return { action: 'assess', afterMs: pause };
    case 'in-review':
      return { action: 'expire-review', afterMs: Math.max(0, (payment.reviewUntilMs ?? nowMs) - nowMs) };
    case 'assessed':
      return { action: payment.route === 'on-us' ? 'transfer' : 'hold', afterMs: pause };
    case 'held':
      return payment.isOver ? { action: 'give-up', afterMs: 0 } : { action: 'send', afterMs: pause };
    case 'sent':
      return { action: 'query', afterMs: Math.max(pause, pace.firstQueryMs) };
    case 'unknown':
      // Some time for what may still be on its way; a query too early would only hear "not received".
      return { action: 'query', afterMs: Math.max(pause, pace.retryBaseMs) };
    case 'confirmed':
      return { action: 'post', afterMs: pause };
    case 'rejected':
      return { action: 'release', afterMs: pause };
    case 'stuck':
      // What the ledger will not book is not told by the provider.
      if (payment.outcome !== null) return null;
      return { action: 'query', afterMs: pace.stuckQueryMs * (0.5 + (pace.random ?? Math.random)() / 2) };
    case 'disputed':
      // The ledger is asked once where the money is. Nothing is moved by that.
      return awaitsLook(payment) ? { action: 'look', afterMs: LOOK_AFTER_MS } : null;
  }
}

/**
 * Whether the next thing is to ask about what was announced. What has begun in the books ends first; and before anything was sent, question
 * and own step take turns: an answer that never comes must not keep a payment from its end.
 */
function asksAboutNews(payment: Payment): boolean {
  if (payment.news <= 0 || isRepairing(payment) || awaitsLook(payment)) return false;
  return !isBeforeSending(payment) || payment.attempt % 2 === 0;
}

/** What people and other systems see of a status. */
export type PublicStatus = 'processing' | 'in-review' | 'declined' | 'sent' | 'settled' | 'failed' | 'unknown' | 'disputed' | 'stuck';

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
