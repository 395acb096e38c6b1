/** An outgoing payment as plain data. How facts change it is in `paying.ts`, what is to be done for it in `next-action.ts`. */
import { freshRun, type Run } from '#platform/machine/run.ts';
import { type Booking, FIRST_BOOKING } from './booking.ts';

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

/** A payment as a run of its machine: with what every run has, and what the decisions about it need. */
export type Payment = Run<Status> &
  Booking & {
    route: Route;
    reasons: Reason[];
    /** Epoch milliseconds at which a review ends by itself; null when not in review. */
    reviewUntilMs: number | null;
    /** Epoch milliseconds of the settlement, as the provider (or, on us, the ledger) says. */
    settledAtMs: number | null;
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
    /** Risk's decision about it, once there is one. */
    decisionId: string | null;
  };

/** The version of its machine that a payment begins with, and ends with. */
export const PAYING_VERSION = 1;

/** A payment of which nothing is known yet. Whoever makes it names it, and says whose it is. */
export const freshPayment = (route: Route): Payment => ({
  ...freshRun({ tenantId: '', id: '', status: 'created', definition: PAYING_VERSION }),
  ...FIRST_BOOKING,
  route,
  reasons: [],
  reviewUntilMs: null,
  settledAtMs: null,
  openSends: 0,
  sinceSentMs: null,
  notFoundSeen: 0,
  refusal: null,
  outcome: null,
  decisionId: null,
});

const TERMINAL: ReadonlySet<Status> = new Set(['settled', 'failed', 'declined']);
/** Ended. Only the opposite of what it ended with opens it again, as `disputed`. */
export const isTerminal = (status: Status): boolean => TERMINAL.has(status);

/** From here on only a person, or in `stuck` a late fact, goes on. */
export const isForPeople = (status: Status): boolean => status === 'disputed' || status === 'stuck';

const BEFORE_SENDING: ReadonlySet<Status> = new Set(['created', 'in-review', 'assessed']);
/** Nothing of it can have gone out yet, and something is still to be done for it. */
export const isBeforeSending = ({ status }: Payment): boolean => BEFORE_SENDING.has(status);

/** Nothing of it ever went out. */
export const wasNeverSent = (payment: Payment): boolean => isBeforeSending(payment) || payment.status === 'declined';

/** The usual way is closed, and the money is being moved another way. */
export const isRepairing = ({ status, postBy, releaseBy, money }: Payment): boolean =>
  (status === 'confirmed' && postBy !== 'settle' && postBy !== 'settle-now' && money !== 'posted') ||
  (status === 'rejected' && releaseBy === 'give-back' && money !== 'released');

/** A booking was under way when the payment became disputed, and its answer may be lost: where the money is must be seen first. */
export const awaitsLook = ({ status, outcome, money, attempt }: Payment): boolean =>
  status === 'disputed' && outcome !== null && money === 'held' && attempt === 0;
