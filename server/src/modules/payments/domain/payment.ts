/**
 * The life of an outgoing payment, as pure decisions over plain data. What is known changes only by `evolve` with a fact; what is to
 * be done next follows from what is known, by `nextAction`. Whoever drives a payment may stop anywhere and begin again: every action
 * is harmless to repeat, and every fact is harmless to hear twice, late or out of order.
 */
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
] as const;
export type Status = (typeof STATUSES)[number];

/** `on-us`: the payee's account is here too, so that one ledger transfer is the whole payment. */
export type Route = 'pix' | 'on-us';

/** Why a payment was held back, declined or refused: a stable code with a sentence in Portuguese. */
export type Reason = { code: string; message: string };

export type Payment = {
  status: Status;
  route: Route;
  /** Tries of the present action that led nowhere; begins again when the payment gets further. */
  attempt: number;
  reasons: Reason[];
  /** Epoch milliseconds at which a review ends by itself; null when not in review. */
  reviewUntilMs: number | null;
  /** Epoch milliseconds of the settlement, as the provider (or, on us, the ledger) says. */
  settledAtMs: number | null;
};

export type Fact =
  | { type: 'risk-approved' }
  | { type: 'risk-wants-review'; reasons: Reason[]; untilMs: number }
  | { type: 'risk-denied'; reasons: Reason[] }
  | { type: 'review-approved' }
  | { type: 'review-denied'; reasons: Reason[] }
  | { type: 'review-expired'; reasons: Reason[] }
  | { type: 'funds-held' }
  | { type: 'funds-refused'; reasons: Reason[] }
  | { type: 'moved-on-us'; atMs: number }
  /** The provider has the payment and will execute it. */
  | { type: 'provider-accepted' }
  /** It was sent, or may have been, and no answer tells what became of it. */
  | { type: 'answer-missing' }
  /** The provider never received it: its own word, so that sending again (under the same id) is right. */
  | { type: 'not-received' }
  | { type: 'provider-confirmed'; settledAtMs: number }
  /** The provider's own word that it will never be executed. Nothing else gives money back. */
  | { type: 'provider-rejected'; reasons: Reason[] }
  | { type: 'funds-posted' }
  | { type: 'funds-released' }
  /** The action could not be carried out or told nothing new; it is to be tried again later. */
  | { type: 'nothing-learned' };

export type FactType = Fact['type'];
/** `ignored`: known already. `contradiction`: cannot be true together with what was acted upon; kept in the steps for people to look at. */
export type Verdict = 'moved' | 'waits' | 'ignored' | 'contradiction';

const TERMINAL: ReadonlySet<Status> = new Set(['settled', 'failed', 'declined']);
export const isTerminal = (status: Status): boolean => TERMINAL.has(status);

/** Which facts move a payment on, and where to. Everything that is not here changes nothing. */
const MOVES: { readonly [S in Status]?: { readonly [F in FactType]?: Status } } = {
  created: { 'risk-approved': 'assessed', 'risk-wants-review': 'in-review', 'risk-denied': 'declined' },
  'in-review': { 'review-approved': 'assessed', 'review-denied': 'declined', 'review-expired': 'declined' },
  assessed: { 'funds-held': 'held', 'funds-refused': 'declined', 'moved-on-us': 'settled' },
  held: {
    'provider-accepted': 'sent',
    'answer-missing': 'unknown',
    'provider-confirmed': 'confirmed',
    'provider-rejected': 'rejected',
  },
  sent: { 'provider-confirmed': 'confirmed', 'provider-rejected': 'rejected', 'not-received': 'held' },
  unknown: {
    'provider-accepted': 'sent',
    'provider-confirmed': 'confirmed',
    'provider-rejected': 'rejected',
    'not-received': 'held',
  },
  // From here on money moves, one way only: the other way's fact is a contradiction.
  confirmed: { 'funds-posted': 'settled' },
  rejected: { 'funds-released': 'failed' },
};

const CONTRADICTS: { readonly [S in Status]?: ReadonlySet<FactType> } = {
  confirmed: new Set<FactType>(['provider-rejected', 'funds-released']),
  settled: new Set<FactType>(['provider-rejected', 'funds-released']),
  rejected: new Set<FactType>(['provider-confirmed', 'funds-posted']),
  failed: new Set<FactType>(['provider-confirmed', 'funds-posted']),
  declined: new Set<FactType>(['provider-confirmed', 'funds-posted', 'funds-held']),
  created: new Set<FactType>(['provider-confirmed', 'provider-rejected']),
  'in-review': new Set<FactType>(['provider-confirmed', 'provider-rejected']),
  assessed: new Set<FactType>(['provider-confirmed', 'provider-rejected']),
};

/** Sending, hearing nothing and finding that nothing arrived is a circle: each round counts as a try, so that rounds grow apart. */
const GOES_ROUND: ReadonlySet<FactType> = new Set(['answer-missing', 'not-received']);

/** What is known after a fact, and what the fact was worth. Never throws: a fact that does not fit is data, too. */
export function evolve(payment: Payment, fact: Fact): { payment: Payment; verdict: Verdict } {
  const to = MOVES[payment.status]?.[fact.type];
  if (to === undefined || !fitsRoute(payment, fact)) {
    if (CONTRADICTS[payment.status]?.has(fact.type)) return { payment, verdict: 'contradiction' };
    if (isTerminal(payment.status) || !tellsNothing(payment.status, fact)) return { payment, verdict: 'ignored' };
    return { payment: { ...payment, attempt: payment.attempt + 1 }, verdict: 'waits' };
  }
  const moved: Payment = { ...payment, status: to, attempt: GOES_ROUND.has(fact.type) ? payment.attempt + 1 : 0, reviewUntilMs: null };
  if ('reasons' in fact) moved.reasons = fact.reasons;
  else if (fact.type === 'review-approved') moved.reasons = [];
  if (fact.type === 'risk-wants-review') moved.reviewUntilMs = fact.untilMs;
  if (fact.type === 'provider-confirmed') moved.settledAtMs = fact.settledAtMs;
  if (fact.type === 'moved-on-us') moved.settledAtMs = fact.atMs;
  return { payment: moved, verdict: 'moved' };
}

function fitsRoute(payment: Payment, fact: Fact): boolean {
  if (fact.type === 'moved-on-us') return payment.route === 'on-us';
  if (fact.type === 'funds-held') return payment.route === 'pix';
  return true;
}

/** True when the present action was tried and is to be tried again: a query that finds a payment still pending, a 404 on the way. */
function tellsNothing(status: Status, fact: Fact): boolean {
  if (fact.type === 'nothing-learned') return true;
  if (status === 'held') return fact.type === 'not-received';
  return (status === 'sent' && fact.type === 'provider-accepted') || (status === 'unknown' && fact.type === 'answer-missing');
}
