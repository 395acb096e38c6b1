/**
 * The life of an outgoing payment, as pure decisions over plain data. What is known changes only by `evolve` with a fact; what is to
 * be done next follows from what is known, by `nextAction`. Whoever drives a payment may stop anywhere and begin again: every action
 * is harmless to repeat, and every fact is harmless to hear twice, late or out of order.
 */
import { type Booking, escalatePost, escalateRelease, FIRST_BOOKING, ID_TAKEN, startGivingBack, startPostingAgain } from './booking.ts';
import type { Fact, FactType } from './facts.ts';

export type { Fact, FactType } from './facts.ts';

export const STATUSES = [
  'created',
  'in-review',
  'assessed',
  'held',
  'sent',
  'unknown',
  'confirmed',
  'rejected',
  'settled',
  'failed',
  'declined',
  // Facts that cannot both be true: the money stays where it is, and nothing goes on by itself. A person decides.
  'disputed',
  // Its time is up, and it may have been executed: no longer sent, asked about seldom. A fact ends it, or a person.
  'stuck',
] as const;
export type Status = (typeof STATUSES)[number];

/** `on-us`: the payee's account is here too, so that one ledger transfer is the whole payment. */
export type Route = 'pix' | 'on-us';

/** Why a payment was held back, declined or refused: a stable code with a sentence in Portuguese. */
export type Reason = { code: string; message: string };

export type Payment = Booking & {
  status: Status;
  route: Route;
  /** Tries of the present action that led nowhere; begins again when the payment gets further. */
  attempt: number;
  reasons: Reason[];
  /** Epoch milliseconds at which a review ends by itself; null when not in review. */
  reviewUntilMs: number | null;
  /** Epoch milliseconds of the settlement, as the provider (or, on us, the ledger) says. */
  settledAtMs: number | null;
  /** Its time is up, by the database's clock when it was read. */
  isOver: boolean;
  /** Sends begun, the one under way among them, of which it is not known that they did not arrive. */
  openSends: number;
  /** Milliseconds since the last send, by the database's clock when it was read; null while none was committed. */
  sinceSentMs: number | null;
  /** How often the provider, asked long enough after the last send, did not know the payment. */
  notFoundSeen: number;
  /** A refusal of a second send: worth something only together with what the provider says when asked. */
  refusal: Reason | null;
  /** What became of it by the last word believed; the opposite word makes it `disputed`. */
  outcome: 'executed' | 'not-executed' | null;
  /** Code of what people should look at. It stays when the payment ends. */
  trouble: string | null;
  /** Announcements of the provider that nobody has asked about yet. */
  news: number;
};

/** A payment of which nothing is known yet. */
export const freshPayment = (route: Route): Payment => ({
  ...FIRST_BOOKING,
  status: 'created',
  route,
  attempt: 0,
  reasons: [],
  reviewUntilMs: null,
  settledAtMs: null,
  isOver: false,
  openSends: 0,
  sinceSentMs: null,
  notFoundSeen: 0,
  refusal: null,
  outcome: null,
  trouble: null,
  news: 0,
});

/** `ignored`: known already. `contradiction`: cannot be true together with what was acted upon; kept in the steps for people to look at. */
export type Verdict = 'moved' | 'waits' | 'ignored' | 'contradiction';

/** Trouble of a payment whose repair in the books ends first, before it becomes `disputed`. */
const CONTRADICTED = 'CONTRADICTED';

const TERMINAL: ReadonlySet<Status> = new Set(['settled', 'failed', 'declined']);
/** Ended. Only the opposite of what it ended with opens it again, as `disputed`. */
export const isTerminal = (status: Status): boolean => TERMINAL.has(status);

/** From here on only a person, or in `stuck` a late fact, goes on. */
export const isForPeople = (status: Status): boolean => status === 'disputed' || status === 'stuck';

type Moves = { readonly [F in FactType]?: Status | undefined };
/** What the provider's word does to a payment that went out and whose end is not known. */
const WHILE_OUT: Moves = {
  'provider-confirmed': 'confirmed',
  'provider-rejected': 'rejected',
  'never-executed': 'rejected',
  'settlement-revoked': 'disputed',
  disagrees: 'disputed',
};
/** Which facts move a payment on, and where to. Everything that is neither here nor in `judge` changes nothing. */
const MOVES: { readonly [S in Status]?: Moves } = {
  created: { 'risk-approved': 'assessed', 'risk-wants-review': 'in-review', 'risk-denied': 'declined' },
  'in-review': { 'review-approved': 'assessed', 'review-denied': 'declined', 'review-expired': 'declined' },
  assessed: { 'funds-held': 'held', 'funds-refused': 'declined', 'moved-on-us': 'settled' },
  held: { ...WHILE_OUT, 'never-executed': undefined, 'provider-accepted': 'sent', 'answer-missing': 'unknown' },
  sent: { ...WHILE_OUT, 'not-received': 'held', 'time-is-up': 'stuck' },
  unknown: { ...WHILE_OUT, 'provider-accepted': 'sent', 'not-received': 'held', 'time-is-up': 'stuck' },
  stuck: { ...WHILE_OUT, 'resolved-executed': 'confirmed', 'resolved-not-executed': 'rejected' },
  disputed: { 'resolved-executed': 'confirmed', 'resolved-not-executed': 'rejected' },
  confirmed: { 'funds-posted': 'settled' },
  rejected: { 'funds-released': 'failed' },
};

const SAYS_EXECUTED: ReadonlySet<FactType> = new Set(['provider-confirmed', 'resolved-executed']);
const SAYS_NOT_EXECUTED: ReadonlySet<FactType> = new Set([
  'provider-rejected',
  'never-executed',
  'settlement-revoked',
  'resolved-not-executed',
]);
const NEVER_SENT: ReadonlySet<Status> = new Set(['created', 'in-review', 'assessed', 'declined']);
/** Nothing of it can have gone out yet, and something is still to be done for it. */
export const isBeforeSending = ({ status }: Payment): boolean => NEVER_SENT.has(status) && status !== 'declined';

/** Sending, hearing nothing and finding that nothing arrived is a circle: each round counts as a try, so that rounds grow apart. */
const GOES_ROUND: ReadonlySet<FactType> = new Set(['answer-missing', 'not-received']);

/** What is known after a fact, and what the fact was worth. Never throws: a fact that does not fit is data, too. */
export function evolve(payment: Payment, fact: Fact): { payment: Payment; verdict: Verdict } {
  const contradicted = contradict(payment, fact);
  if (contradicted) return contradicted;
  const booked = book(payment, fact);
  if (booked) return booked;
  const to = destination(payment, fact);
  if (to !== undefined) return { payment: move(payment, fact, to), verdict: 'moved' };
  const learned = note(payment, fact);
  if (learned) return { payment: { ...learned, attempt: payment.attempt + 1 }, verdict: 'waits' };
  return { payment, verdict: 'ignored' };
}

/** The opposite of what was believed, or a word about what cannot have gone out: nothing that this payment says is safe to act upon. */
function contradict(payment: Payment, fact: Fact): { payment: Payment; verdict: Verdict } | null {
  const { status, outcome } = payment;
  if (fact.type.startsWith('resolved-')) return null;
  const says = SAYS_EXECUTED.has(fact.type) ? 'executed' : SAYS_NOT_EXECUTED.has(fact.type) ? 'not-executed' : null;
  if (fact.type === 'disagrees') {
    if (outcome === null && !NEVER_SENT.has(status)) return null;
    return dispute(payment, fact.code);
  }
  if (says === null) return null;
  // Nothing was sent, so that "rejected" is no news, and no reason to end a review; "executed" is another matter.
  if (NEVER_SENT.has(status) || payment.route === 'on-us') return says === 'executed' ? dispute(payment, 'NEVER_SENT') : noted(payment);
  if (outcome === null || outcome === says) return null;
  return dispute(payment, says === 'executed' ? 'EXECUTED_AFTER_ALL' : 'NOT_EXECUTED_AFTER_ALL');
}

const noted = (payment: Payment): { payment: Payment; verdict: Verdict } => ({ payment, verdict: 'contradiction' });

function dispute(payment: Payment, trouble: string): { payment: Payment; verdict: Verdict } {
  if (payment.status === 'disputed') return noted(payment);
  // A repair of the books under way cannot be called back, and its answer may be lost: it ends first, and then people decide.
  if (isRepairing(payment)) return { payment: { ...payment, trouble: CONTRADICTED }, verdict: 'contradiction' };
  return { payment: { ...payment, status: 'disputed', attempt: 0, reviewUntilMs: null, trouble }, verdict: 'contradiction' };
}

/** The usual way is closed, and the money is being moved another way. */
export const isRepairing = ({ status, postBy, releaseBy, money }: Payment): boolean =>
  (status === 'confirmed' && postBy !== 'settle' && postBy !== 'settle-now' && money !== 'posted') ||
  (status === 'rejected' && releaseBy === 'give-back' && money !== 'released');

/** What the ledger answered. Its refusal is for ever under the id it was asked under, so that the next way has an id of its own. */
function book(payment: Payment, fact: Fact): { payment: Payment; verdict: Verdict } | null {
  const { status } = payment;
  if (fact.type === 'post-refused' && status === 'confirmed') return escalated(payment, escalatePost(payment, fact.code), fact.code);
  if (fact.type === 'release-refused' && status === 'rejected') {
    const next = escalateRelease(payment, fact.code);
    // The money is on the account already, whoever saw to that.
    if (next === 'done') return { payment: end(payment, 'failed', 'released'), verdict: 'moved' };
    return escalated(payment, next, fact.code);
  }
  if (fact.type === 'funds-posted' && status === 'confirmed') return { payment: end(payment, 'settled', 'posted'), verdict: 'moved' };
  if (fact.type === 'funds-released' && status === 'rejected') return { payment: end(payment, 'failed', 'released'), verdict: 'moved' };
  if (fact.type === 'money-seen')
    return status === 'disputed' ? { payment: { ...payment, money: fact.money, attempt: payment.attempt + 1 }, verdict: 'waits' } : null;
  // An action that was under way when the payment came before people: where the money is now is part of what they must know.
  if (!isForPeople(status)) return null;
  const money =
    fact.type === 'funds-posted' ? 'posted' : fact.type === 'funds-released' ? 'released' : fact.type === 'funds-held' ? 'held' : null;
  return money === null || money === payment.money ? null : { payment: { ...payment, money }, verdict: 'waits' };
}

/** A booking was under way when the payment became disputed, and its answer may be lost: where the money is must be seen first. */
export const awaitsLook = ({ status, outcome, money, attempt }: Payment): boolean =>
  status === 'disputed' && outcome !== null && money === 'held' && attempt === 0;

/** The next way at once; where none is left, a person, whose word begins again under a new id. */
function escalated(payment: Payment, next: Booking | null, code: string): { payment: Payment; verdict: Verdict } {
  const booking = next ?? (code === ID_TAKEN ? {} : nextRound(payment));
  const status = next === null ? 'stuck' : payment.status;
  return { payment: { ...payment, ...booking, status, attempt: 0, trouble: code }, verdict: 'moved' };
}

/** A definite refusal can never take effect later: the same way may be tried again under an id of its own. */
const nextRound = ({ status, postRound, releaseRound }: Payment): Partial<Booking> =>
  status === 'confirmed' ? { postRound: postRound + 1 } : { releaseRound: releaseRound + 1 };

function end(payment: Payment, status: Status, money: Payment['money']): Payment {
  const ended: Payment = { ...payment, status, money, attempt: 0 };
  return payment.trouble === CONTRADICTED ? { ...ended, status: 'disputed' } : ended;
}

function destination(payment: Payment, fact: Fact): Status | undefined {
  const { status, openSends, sinceSentMs, news } = payment;
  if (!fitsRoute(payment, fact)) return undefined;
  if (status === 'held') {
    // The send under way, if any, is counted: alone, it is the first that ever went out, or none.
    const isFirst = openSends <= 1 && sinceSentMs === null;
    if (fact.type === 'provider-refused') return isFirst ? 'rejected' : 'unknown';
    // What the provider announced cannot be "certainly never sent".
    if (fact.type === 'time-is-up' || fact.type === 'order-lost') return isFirst && news === 0 ? 'rejected' : 'unknown';
  }
  // What the ledger would not book is not solved by asking the provider again.
  if (status === 'stuck' && payment.outcome !== null && !fact.type.startsWith('resolved-')) return undefined;
  return MOVES[status]?.[fact.type];
}

function move(payment: Payment, fact: Fact, to: Status): Payment {
  const attempt = GOES_ROUND.has(fact.type) || (fact.type === 'provider-refused' && to === 'unknown') ? payment.attempt + 1 : 0;
  const moved: Payment = { ...payment, status: to, attempt, reviewUntilMs: null };
  if (to === 'confirmed') Object.assign(moved, startPostingAgain(payment), { outcome: 'executed' });
  if (to === 'rejected') Object.assign(moved, startGivingBack(payment), { outcome: 'not-executed' });
  if (to === 'unknown' && fact.type === 'provider-refused') moved.refusal = fact.reasons[0] ?? null;
  else if ('reasons' in fact && to !== 'unknown' && to !== 'stuck') moved.reasons = fact.reasons;
  else if (fact.type === 'review-approved') moved.reasons = [];
  if (payment.status === 'held') {
    moved.sinceSentMs = 0;
    moved.notFoundSeen = 0;
  }
  if (fact.type === 'time-is-up' || fact.type === 'order-lost') {
    moved.trouble = fact.reasons[0]?.code ?? null;
    moved.isOver = true;
  }
  if (fact.type === 'disagrees' || fact.type === 'settlement-revoked') moved.trouble = fact.code;
  // What the provider ended after all needs nobody; what a person ended stays to be seen.
  if (payment.status === 'stuck' && !fact.type.startsWith('resolved-') && to !== 'disputed') moved.trouble = null;
  if (payment.trouble === CONTRADICTED && payment.status === 'disputed') moved.trouble = 'CONTRADICTION_RESOLVED';
  if (fact.type === 'risk-wants-review') moved.reviewUntilMs = fact.untilMs;
  if (fact.type === 'funds-held') Object.assign(moved, { money: 'held', heldAtMs: fact.atMs, openSends: payment.openSends + 1 });
  if (fact.type === 'moved-on-us') Object.assign(moved, { money: 'posted', settledAtMs: fact.atMs, outcome: 'executed' });
  if (fact.type === 'provider-confirmed') moved.settledAtMs = fact.settledAtMs;
  if (fact.type === 'resolved-executed') moved.settledAtMs ??= fact.atMs;
  return moved;
}

function fitsRoute(payment: Payment, fact: Fact): boolean {
  if (fact.type === 'moved-on-us') return payment.route === 'on-us';
  if (fact.type === 'funds-held') return payment.route === 'pix';
  return true;
}

/** The payment with what a fact adds that moves nothing: the present action was tried and is to be tried again. Null: nothing was tried. */
function note(payment: Payment, fact: Fact): Payment | null {
  const { status } = payment;
  // Nothing is to be done for it but to ask about what was announced since.
  if (isTerminal(status) || status === 'disputed')
    return fact.type === 'nothing-learned' && payment.news > 0 && !awaitsLook(payment) ? payment : null;
  switch (fact.type) {
    case 'nothing-learned':
      return payment;
    case 'not-sent':
      return status === 'held' ? { ...payment, openSends: Math.max(0, payment.openSends - 1) } : null;
    case 'not-found':
      if (status !== 'sent' && status !== 'unknown' && status !== 'stuck') return null;
      return { ...payment, notFoundSeen: payment.notFoundSeen + (fact.counts ? 1 : 0) };
    case 'provider-accepted':
      return status === 'sent' || status === 'stuck' ? { ...payment, notFoundSeen: 0 } : null;
    case 'answer-missing':
      return status === 'unknown' ? payment : null;
    case 'time-is-up':
      return status === 'stuck' ? payment : null;
    default:
      return null;
  }
}
