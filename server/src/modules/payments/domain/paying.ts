/**
 * The life of an outgoing payment: a table of moves, and what is to be said beyond it, as pure decisions over plain data. What is known
 * changes only by a fact; what is to be done next follows from what is known (`next-action.ts`). Whoever drives a payment may stop
 * anywhere and begin again: every action is harmless to repeat, and every fact is harmless to hear twice, late or out of order.
 */
import { type Definition, define } from '#platform/machine/definition.ts';
import type { Judged } from '#platform/machine/run.ts';
import type { MachineTable } from '#platform/machine/table.ts';
import { type Booking, escalatePost, escalateRelease, ID_TAKEN, startGivingBack, startPostingAgain } from './booking.ts';
import type { Fact, FactType } from './facts.ts';
import { type Action, DEFAULT_PACE, nextAction, type Pace } from './next-action.ts';
import { awaitsLook, isForPeople, isRepairing, isTerminal, PAYING_VERSION, type Payment, type Status, wasNeverSent } from './payment.ts';

/** Said to be executed where nothing went out (of a payment on us nothing ever does), or with another amount. */
const NEVER_OUT = { 'provider-confirmed': 'disputed', disagrees: 'disputed' } as const;
/** What the provider's word does to a payment that went out and whose end is not known. */
const WHILE_OUT = {
  'provider-confirmed': 'confirmed',
  'provider-rejected': 'rejected',
  'never-executed': 'rejected',
  'settlement-revoked': 'disputed',
  disagrees: 'disputed',
} as const;
const SAID_NOT_EXECUTED = { 'provider-rejected': 'disputed', 'never-executed': 'disputed', 'settlement-revoked': 'disputed' } as const;
const BY_A_PERSON = { 'resolved-executed': 'confirmed', 'resolved-not-executed': 'rejected' } as const;
/** Of a payment whose time is up, or that cannot be sent: whether it ever was decides. */
const GIVEN_UP = ['rejected', 'unknown'] as const;

/** Which facts lead where. What the provider announced is asked about in every state: a contradiction is news of what has ended, too. */
export const PAYING_TABLE = {
  created: {
    does: 'assess',
    hears: 'query',
    on: { ...NEVER_OUT, 'risk-approved': 'assessed', 'risk-wants-review': 'in-review', 'risk-denied': 'declined' },
  },
  'in-review': {
    does: 'expire-review',
    hears: 'query',
    on: { ...NEVER_OUT, 'review-approved': 'assessed', 'review-denied': 'declined', 'review-expired': 'declined' },
  },
  assessed: {
    does: ['hold', 'transfer'],
    hears: 'query',
    on: { ...NEVER_OUT, 'funds-held': 'held', 'funds-refused': 'declined', 'moved-on-us': 'settled' },
  },
  held: {
    does: ['send', 'give-up'],
    hears: 'query',
    on: {
      'provider-confirmed': 'confirmed',
      'provider-rejected': 'rejected',
      'settlement-revoked': 'disputed',
      disagrees: 'disputed',
      'provider-accepted': 'sent',
      'answer-missing': 'unknown',
      'provider-refused': GIVEN_UP,
      'time-is-up': GIVEN_UP,
      'order-lost': GIVEN_UP,
    },
  },
  sent: { does: 'query', hears: 'query', on: { ...WHILE_OUT, 'not-received': 'held', 'time-is-up': 'stuck' } },
  unknown: {
    does: 'query',
    hears: 'query',
    on: { ...WHILE_OUT, 'provider-accepted': 'sent', 'not-received': 'held', 'time-is-up': 'stuck' },
  },
  stuck: {
    is: 'people',
    does: 'query',
    hears: 'query',
    on: {
      ...BY_A_PERSON,
      'provider-confirmed': ['confirmed', 'disputed'],
      'provider-rejected': ['rejected', 'disputed'],
      'never-executed': ['rejected', 'disputed'],
      'settlement-revoked': 'disputed',
      disagrees: 'disputed',
    },
  },
  disputed: { is: 'people', does: 'look', hears: 'query', on: BY_A_PERSON },
  confirmed: {
    does: 'post',
    hears: 'query',
    on: { ...NEVER_OUT, ...SAID_NOT_EXECUTED, 'funds-posted': ['settled', 'disputed'], 'post-refused': 'stuck' },
  },
  rejected: {
    does: 'release',
    hears: 'query',
    on: { ...NEVER_OUT, 'funds-released': ['failed', 'disputed'], 'release-refused': ['failed', 'disputed', 'stuck'] },
  },
  settled: { is: 'end', hears: 'query', on: { ...NEVER_OUT, ...SAID_NOT_EXECUTED } },
  failed: { is: 'end', hears: 'query', on: NEVER_OUT },
  declined: { is: 'end', hears: 'query', on: NEVER_OUT },
} as const satisfies MachineTable<Status, FactType, Action>;

/** Sending, hearing nothing and finding that nothing arrived is a circle: each round counts as a try, so that rounds grow apart. */
const GOES_ROUND: readonly FactType[] = ['answer-missing', 'not-received'];

/** The machine of payments. What a record carries beyond a payment is kept by every fact. */
export const definePaying = (pace: Pace = DEFAULT_PACE): Definition<Payment, Fact, Action> =>
  define<Payment, Fact, Action>({
    version: PAYING_VERSION,
    begins: 'created',
    table: PAYING_TABLE,
    judge: (payment, fact) => contradict(payment, fact) ?? book(payment, fact) ?? (changesNothing(payment, fact) ? ignored(payment) : null),
    choose,
    learn,
    note,
    goesRound: GOES_ROUND,
    next: (payment, nowMs) => nextAction(payment, nowMs, pace),
  });

/** Trouble of a payment whose repair in the books ends first, before it becomes `disputed`. */
const CONTRADICTED = 'CONTRADICTED';
const SAYS_EXECUTED: ReadonlySet<FactType> = new Set(['provider-confirmed', 'resolved-executed']);
const SAYS_NOT_EXECUTED: ReadonlySet<FactType> = new Set([
  'provider-rejected',
  'never-executed',
  'settlement-revoked',
  'resolved-not-executed',
]);

const ignored = (payment: Payment): Judged<Payment> => ({ run: payment, verdict: 'ignored' });
const noted = (payment: Payment): Judged<Payment> => ({ run: payment, verdict: 'contradiction' });

/** The opposite of what was believed, or a word about what cannot have gone out: nothing that this payment says is safe to act upon. */
function contradict(payment: Payment, fact: Fact): Judged<Payment> | null {
  const { outcome } = payment;
  if (fact.type.startsWith('resolved-')) return null;
  const says = SAYS_EXECUTED.has(fact.type) ? 'executed' : SAYS_NOT_EXECUTED.has(fact.type) ? 'not-executed' : null;
  if (fact.type === 'disagrees') {
    if (outcome === null && !wasNeverSent(payment)) return null;
    return dispute(payment, fact.code);
  }
  if (says === null) return null;
  // Nothing was sent, so that "rejected" is no news, and no reason to end a review; "executed" is another matter.
  if (wasNeverSent(payment) || payment.route === 'on-us') return says === 'executed' ? dispute(payment, 'NEVER_SENT') : noted(payment);
  if (outcome === null || outcome === says) return null;
  return dispute(payment, says === 'executed' ? 'EXECUTED_AFTER_ALL' : 'NOT_EXECUTED_AFTER_ALL');
}

function dispute(payment: Payment, trouble: string): Judged<Payment> {
  if (payment.status === 'disputed') return noted(payment);
  // A repair of the books under way cannot be called back, and its answer may be lost: it ends first, and then people decide.
  if (isRepairing(payment)) return { run: { ...payment, trouble: CONTRADICTED }, verdict: 'contradiction' };
  return { run: { ...payment, status: 'disputed', attempt: 0, reviewUntilMs: null, trouble }, verdict: 'contradiction' };
}

/** What the ledger answered. Its refusal is for ever under the id it was asked under, so that the next way has an id of its own. */
function book(payment: Payment, fact: Fact): Judged<Payment> | null {
  const { status } = payment;
  if (fact.type === 'post-refused' && status === 'confirmed') return escalated(payment, escalatePost(payment, fact.code), fact.code);
  if (fact.type === 'release-refused' && status === 'rejected') {
    const next = escalateRelease(payment, fact.code);
    // The money is on the account already, whoever saw to that.
    if (next === 'done') return { run: end(payment, 'failed', 'released'), verdict: 'moved' };
    return escalated(payment, next, fact.code);
  }
  if (fact.type === 'funds-posted' && status === 'confirmed') return { run: end(payment, 'settled', 'posted'), verdict: 'moved' };
  if (fact.type === 'funds-released' && status === 'rejected') return { run: end(payment, 'failed', 'released'), verdict: 'moved' };
  if (fact.type === 'money-seen')
    return status === 'disputed' ? { run: { ...payment, money: fact.money, attempt: payment.attempt + 1 }, verdict: 'waits' } : null;
  // An action that was under way when the payment came before people: where the money is now is part of what they must know.
  if (!isForPeople(status)) return null;
  const money =
    fact.type === 'funds-posted' ? 'posted' : fact.type === 'funds-released' ? 'released' : fact.type === 'funds-held' ? 'held' : null;
  return money === null || money === payment.money ? null : { run: { ...payment, money }, verdict: 'waits' };
}

/** The next way at once; where none is left, a person, whose word begins again under a new id. */
function escalated(payment: Payment, next: Booking | null, code: string): Judged<Payment> {
  const booking = next ?? (code === ID_TAKEN ? {} : nextRound(payment));
  const status = next === null ? 'stuck' : payment.status;
  return { run: { ...payment, ...booking, status, attempt: 0, trouble: code }, verdict: 'moved' };
}

/** A definite refusal can never take effect later: the same way may be tried again under an id of its own. */
const nextRound = ({ status, postRound, releaseRound }: Payment): Partial<Booking> =>
  status === 'confirmed' ? { postRound: postRound + 1 } : { releaseRound: releaseRound + 1 };

function end(payment: Payment, status: Status, money: Payment['money']): Payment {
  const ended: Payment = { ...payment, status, money, attempt: 0 };
  return payment.trouble === CONTRADICTED ? { ...ended, status: 'disputed' } : ended;
}

/** A fact that the table knows of this status, and that is not about this payment. */
function changesNothing(payment: Payment, fact: Fact): boolean {
  const { status, route, outcome, news } = payment;
  if (fact.type === 'moved-on-us') return route !== 'on-us';
  if (fact.type === 'funds-held') return route !== 'pix';
  // Nothing is to be done for it but to ask about what was announced since.
  if (fact.type === 'nothing-learned') return (isTerminal(status) || status === 'disputed') && (news <= 0 || awaitsLook(payment));
  // A word about an outcome that is known agrees with it, or it would have contradicted; and what the ledger would not book, it does not solve.
  return outcome !== null && fact.type in WHILE_OUT;
}

function choose({ status, openSends, sinceSentMs, news }: Payment, fact: Fact): Status | undefined {
  if (status === 'stuck') return fact.type === 'provider-confirmed' ? 'confirmed' : 'rejected';
  if (status !== 'held') return undefined;
  // The send under way, if any, is counted: alone, it is the first that ever went out, or none.
  const isFirst = openSends <= 1 && sinceSentMs === null;
  if (fact.type === 'provider-refused') return isFirst ? 'rejected' : 'unknown';
  // What the provider announced cannot be "certainly never sent".
  return isFirst && news === 0 ? 'rejected' : 'unknown';
}

/** What a fact adds to a payment that it moves. */
function learn(arrived: Payment, fact: Fact, before: Payment): Payment {
  const { status: to } = arrived;
  const moved: Payment = { ...arrived, trouble: before.trouble, reviewUntilMs: null };
  if (fact.type === 'provider-refused' && to === 'unknown') moved.attempt = before.attempt + 1;
  if (to === 'confirmed') Object.assign(moved, startPostingAgain(before), { outcome: 'executed' });
  if (to === 'rejected') Object.assign(moved, startGivingBack(before), { outcome: 'not-executed' });
  if (to === 'unknown' && fact.type === 'provider-refused') moved.refusal = fact.reasons[0] ?? null;
  else if ('reasons' in fact && to !== 'unknown' && to !== 'stuck') moved.reasons = fact.reasons;
  else if (fact.type === 'review-approved') moved.reasons = [];
  if (before.status === 'held') {
    moved.sinceSentMs = 0;
    moved.notFoundSeen = 0;
  }
  if (fact.type === 'time-is-up' || fact.type === 'order-lost') {
    moved.trouble = fact.reasons[0]?.code ?? null;
    moved.isOver = true;
  }
  if (fact.type === 'disagrees' || fact.type === 'settlement-revoked') moved.trouble = fact.code;
  // What the provider ended after all needs nobody; what a person ended stays to be seen.
  if (before.status === 'stuck' && !fact.type.startsWith('resolved-') && to !== 'disputed') moved.trouble = null;
  if (before.trouble === CONTRADICTED && before.status === 'disputed') moved.trouble = 'CONTRADICTION_RESOLVED';
  if ('decisionId' in fact) moved.decisionId = fact.decisionId ?? before.decisionId;
  if (fact.type === 'risk-wants-review') moved.reviewUntilMs = fact.untilMs;
  if (fact.type === 'funds-held') Object.assign(moved, { money: 'held', heldAtMs: fact.atMs, openSends: before.openSends + 1 });
  if (fact.type === 'moved-on-us') Object.assign(moved, { money: 'posted', settledAtMs: fact.atMs, outcome: 'executed' });
  if (fact.type === 'provider-confirmed') moved.settledAtMs = fact.settledAtMs;
  if (fact.type === 'resolved-executed') moved.settledAtMs ??= fact.atMs;
  return moved;
}

/** The payment with what a fact adds that moves nothing: the present action was tried and is to be tried again. Null: nothing was tried. */
function note(payment: Payment, fact: Fact): Payment | null {
  const { status } = payment;
  switch (fact.type) {
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
