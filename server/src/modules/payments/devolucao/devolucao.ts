import { backoffMs } from '#platform/backoff.ts';
import { define } from '#platform/machine/definition.ts';
import type { CommonFact } from '#platform/machine/run.ts';
import type { SentReturnFact } from '../returning.ts';
import type { DevolucaoRecord } from '../store/devolucoes.ts';

/** What is learned of a Pix that its receiver gives back. */
export type DevolucaoFact =
  | CommonFact
  | SentReturnFact
  | { type: 'funds-held'; atMs: number }
  | { type: 'funds-refused'; code: string }
  /** The payer has an account here: one transfer is the whole way. */
  | { type: 'moved-on-us'; atMs: number }
  /** Certainly nothing of it went out. */
  | { type: 'return-not-sent' }
  | { type: 'posted' }
  | { type: 'released' }
  /** Our own ledger will never book it this way. */
  | { type: 'booking-refused'; code: string }
  /** A person has the end booked once more, under a new id. */
  | { type: 'book-again' };

export type DevolucaoAction = 'hold' | 'transfer' | 'send-return' | 'query-return' | 'post' | 'release';

/** Between two questions about one whose time is up. */
const STUCK_PAUSE_MS = 3_600_000;

/**
 * The life of a devolução. The money is held before anything is sent, leaves the account only by the provider's word, and comes back to it
 * only by the provider's refusal, by certainty that nothing was sent, or by a person. A time-out is `unknown`, and is asked about.
 */
export const DEVOLVING = define<DevolucaoRecord, DevolucaoFact, DevolucaoAction>({
  version: 1,
  begins: 'created',
  table: {
    created: {
      does: ['hold', 'transfer'],
      on: { 'funds-held': 'held', 'funds-refused': 'declined', 'moved-on-us': 'settled' },
    },
    held: {
      does: 'send-return',
      on: {
        'return-unanswered': 'unknown',
        'return-executed': 'executed',
        'return-refused': 'rejected',
        'time-is-up': ['rejected', 'unknown'],
      },
    },
    unknown: {
      does: 'query-return',
      on: { 'return-not-received': 'held', 'return-executed': 'executed', 'return-refused': 'rejected', 'time-is-up': 'stuck' },
    },
    stuck: { is: 'people', does: 'query-return', on: { 'return-executed': 'executed', 'return-refused': 'rejected' } },
    executed: { does: 'post', on: { posted: 'settled', 'booking-refused': 'unbooked' } },
    rejected: { does: 'release', on: { released: 'failed', 'booking-refused': 'unbooked' } },
    unbooked: { is: 'people', on: { 'book-again': ['executed', 'rejected'] } },
    settled: { is: 'end' },
    failed: { is: 'end' },
    declined: { is: 'end' },
  },
  // Sending, hearing nothing and finding that nothing arrived is a circle: each round counts as a try.
  goesRound: ['return-unanswered', 'return-not-received'],
  choose({ openSends, returnedAtMs }, fact) {
    if (fact.type === 'time-is-up') return openSends === 0 ? 'rejected' : 'unknown';
    return fact.type === 'book-again' ? (returnedAtMs === null ? 'rejected' : 'executed') : undefined;
  },
  learn(moved, fact) {
    // Whoever comes to `held` sends next: the send is counted before it begins.
    const run = moved.status === 'held' ? { ...moved, openSends: moved.openSends + 1 } : moved;
    switch (fact.type) {
      case 'funds-held':
        return { ...run, heldAtMs: fact.atMs };
      case 'funds-refused':
      case 'return-refused':
        return { ...run, refusal: fact.code };
      case 'moved-on-us':
      case 'return-executed':
        return { ...run, returnedAtMs: fact.atMs };
      case 'time-is-up':
        return run.status === 'rejected' ? { ...run, refusal: 'NEVER_SENT' } : run;
      case 'booking-refused':
        return { ...run, trouble: fact.code };
      case 'book-again':
        return { ...run, trouble: null, bookRound: run.bookRound + 1 };
      default:
        return run;
    }
  },
  note(run, fact) {
    return fact.type === 'return-not-sent' && run.status === 'held' ? { ...run, openSends: Math.max(0, run.openSends - 1) } : null;
  },
  next({ status, route, attempt }, _nowMs, pause) {
    if (status === 'created' && route === 'on-us') return { action: 'transfer', afterMs: pause(attempt) };
    return status === 'stuck' ? { action: 'query-return', afterMs: backoffMs(1, STUCK_PAUSE_MS, STUCK_PAUSE_MS) } : undefined;
  },
});
