/** What a payment keeps of a fact beside its status: tries, money, trouble, times. Its walk is in payment.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '#platform/machine/run.ts';
import { escalatePost, escalateRelease, FIRST_BOOKING, type PostBy } from './booking.ts';
import { publicStatus } from './next-action.ts';
import { definePaying } from './paying.ts';
import { type Fact, freshPayment, isForPeople, isTerminal, type Payment, STATUSES, type Status } from './payment.ts';

const { evolve } = definePaying();
const reasons = [{ code: 'R', message: 'r' }];
const CONFIRMED: Fact = { type: 'provider-confirmed', settledAtMs: 7 };
const REJECTED: Fact = { type: 'provider-rejected', reasons };
const given = (status: Status, more: Partial<Payment> = {}): Payment => ({ ...freshPayment('pix'), status, ...more });

/** Exactly these fields change, and the fact was worth just this. */
function changes(from: Payment, fact: Fact, verdict: Verdict, changed: Partial<Payment>): Payment {
  const { run: payment, verdict: found } = evolve(from, fact);
  assert.deepEqual({ ...payment, verdict: found }, { ...from, ...changed, verdict }, `${from.status} + ${fact.type}`);
  return payment;
}
const ignores = (from: Payment, ...facts: Fact[]) => {
  for (const fact of facts) changes(from, fact, 'ignored', {});
};

test('of nothing yet, nothing is known', () => {
  const { status, attempt, reasons: none, money, postBy, releaseBy, trouble, outcome, news } = freshPayment('on-us');
  assert.deepEqual(
    { status, attempt, none, money, postBy, releaseBy, trouble, outcome, news },
    {
      status: 'created',
      attempt: 0,
      none: [],
      money: 'none',
      postBy: 'settle',
      releaseBy: 'release',
      trouble: null,
      outcome: null,
      news: 0,
    },
  );
});

test('which statuses are over, which are for people, and what people see of each', () => {
  assert.deepEqual(STATUSES.filter(isTerminal), ['settled', 'failed', 'declined']);
  assert.deepEqual(STATUSES.filter(isForPeople), ['disputed', 'stuck']);
  const seen = STATUSES.filter((status) => publicStatus(status) !== status).map((status) => `${status} as ${publicStatus(status)}`);
  assert.deepEqual(seen, [
    'created as processing',
    'assessed as processing',
    'held as processing',
    'confirmed as sent',
    'rejected as sent',
  ]);
});

test('the hold counts the send that follows it, and only a payment by Pix is held', () => {
  changes(given('assessed', { attempt: 3 }), { type: 'funds-held', atMs: 9 }, 'moved', {
    status: 'held',
    attempt: 0,
    money: 'held',
    heldAtMs: 9,
    openSends: 1,
  });
  ignores(given('assessed', { route: 'on-us' }), { type: 'funds-held', atMs: 9 });
});

test('on us the transfer is all: posted, executed, and dated by the ledger; the provider has no say in it', () => {
  const onUs = given('assessed', { route: 'on-us' });
  const settled = { status: 'settled', money: 'posted', settledAtMs: 9, outcome: 'executed' } as const;
  const payment = changes(onUs, { type: 'moved-on-us', atMs: 9 }, 'moved', settled);
  changes(payment, REJECTED, 'contradiction', {});
  changes(payment, CONFIRMED, 'contradiction', { status: 'disputed', trouble: 'NEVER_SENT' });
});

test('a round of sending, hearing nothing and finding nothing counts as a try each time; getting further begins again', () => {
  const out = { sinceSentMs: 0, notFoundSeen: 0 };
  const held = given('held', { attempt: 2, openSends: 1, sinceSentMs: 900, notFoundSeen: 2 });
  changes(held, { type: 'answer-missing' }, 'moved', { ...out, status: 'unknown', attempt: 3 });
  changes(held, { type: 'provider-accepted' }, 'moved', { ...out, status: 'sent', attempt: 0 });
  const sent = given('sent', { attempt: 2, sinceSentMs: 900, notFoundSeen: 2 });
  for (const status of ['sent', 'unknown'] as const)
    changes({ ...sent, status }, { type: 'not-received' }, 'moved', { status: 'held', attempt: 3 });
  changes({ ...sent, status: 'unknown' }, { type: 'provider-accepted' }, 'moved', { status: 'sent', attempt: 0 });
});

test('a refused order: of the first send the end, with its reasons; of another a try, whose reason waits', () => {
  const held = given('held', { attempt: 2, openSends: 1 });
  const refused: Fact = { type: 'provider-refused', reasons };
  const out = { sinceSentMs: 0, notFoundSeen: 0 };
  changes(held, refused, 'moved', { ...out, status: 'rejected', attempt: 0, reasons, outcome: 'not-executed' });
  changes({ ...held, openSends: 2 }, refused, 'moved', { ...out, status: 'unknown', attempt: 3, refusal: reasons[0]! });
  changes({ ...held, openSends: 2 }, { type: 'provider-refused', reasons: [] }, 'moved', { ...out, status: 'unknown', attempt: 3 });
});

test('when its time is up or its order is lost, the reason is what people look at; nothing sent ends, the rest is asked about', () => {
  const out = { sinceSentMs: 0, notFoundSeen: 0, isOver: true, attempt: 0 };
  for (const type of ['time-is-up', 'order-lost'] as const) {
    const held = given('held', { openSends: 1 });
    changes(held, { type, reasons }, 'moved', { ...out, status: 'rejected', reasons, outcome: 'not-executed', trouble: 'R' });
    const perhaps = { ...held, sinceSentMs: 5 };
    changes(perhaps, { type, reasons }, 'moved', { ...out, status: 'unknown', trouble: 'R' });
    changes(perhaps, { type, reasons: [] }, 'moved', { ...out, status: 'unknown' });
    changes({ ...held, news: 1 }, { type, reasons }, 'moved', { ...out, status: 'unknown', trouble: 'R' });
  }
  for (const status of ['sent', 'unknown'] as const)
    changes(given(status, { attempt: 4 }), { type: 'time-is-up', reasons }, 'moved', {
      status: 'stuck',
      attempt: 0,
      isOver: true,
      trouble: 'R',
    });
});

test('a payment that is stuck: facts end it and take its trouble away, a person ends it and the trouble stays', () => {
  const stuck = given('stuck', { trouble: 'PAYMENTS_TIME_IS_UP', attempt: 3, money: 'held' });
  const confirmed = { status: 'confirmed', attempt: 0, outcome: 'executed', settledAtMs: 7 } as const;
  const rejected = { status: 'rejected', attempt: 0, outcome: 'not-executed', reasons } as const;
  changes(stuck, CONFIRMED, 'moved', { ...confirmed, trouble: null });
  changes(stuck, REJECTED, 'moved', { ...rejected, trouble: null });
  changes(stuck, { type: 'never-executed', reasons }, 'moved', { ...rejected, trouble: null });
  changes(stuck, { type: 'resolved-executed', atMs: 8 }, 'moved', { ...confirmed, settledAtMs: 8 });
  changes({ ...stuck, settledAtMs: 6 }, { type: 'resolved-executed', atMs: 8 }, 'moved', { ...confirmed, settledAtMs: 6 });
  changes(stuck, { type: 'resolved-not-executed', reasons }, 'moved', rejected);
  changes(stuck, { type: 'disagrees', code: 'AMOUNT_DIFFERS' }, 'moved', { status: 'disputed', attempt: 0, trouble: 'AMOUNT_DIFFERS' });
  // What the ledger would not book is not solved by the provider.
  const unbooked: Payment = { ...stuck, outcome: 'executed' };
  ignores(unbooked, CONFIRMED);
  changes(unbooked, { type: 'resolved-executed', atMs: 8 }, 'moved', confirmedBy(unbooked));
});
const confirmedBy = (stuck: Payment): Partial<Payment> => ({ ...stuck, status: 'confirmed', attempt: 0, settledAtMs: 8 });

test('the provider takes a settlement back, or has something else under our id: its code is what people look at', () => {
  for (const status of ['sent', 'unknown', 'stuck'] as const)
    for (const type of ['settlement-revoked', 'disagrees'] as const)
      changes(given(status), { type, code: 'X' }, 'moved', { status: 'disputed', trouble: 'X' });
  for (const status of ['created', 'in-review', 'assessed', 'declined'] as const)
    changes(given(status, { reviewUntilMs: 5 }), { type: 'disagrees', code: 'X' }, 'contradiction', {
      status: 'disputed',
      trouble: 'X',
      reviewUntilMs: null,
    });
});

test('a contrary word says what was contrary; a second one changes nothing more', () => {
  const settled = given('settled', { outcome: 'executed', money: 'posted', attempt: 2 });
  const failed = given('failed', { outcome: 'not-executed', money: 'released', attempt: 2 });
  const disputed = { status: 'disputed', attempt: 0 } as const;
  for (const type of ['provider-rejected', 'never-executed'] as const)
    changes(settled, { type, reasons }, 'contradiction', { ...disputed, trouble: 'NOT_EXECUTED_AFTER_ALL' });
  const after = changes(failed, CONFIRMED, 'contradiction', { ...disputed, trouble: 'EXECUTED_AFTER_ALL' });
  changes(after, CONFIRMED, 'contradiction', {});
  changes(after, { type: 'disagrees', code: 'X' }, 'contradiction', {});
  ignores(settled, CONFIRMED);
  ignores(failed, REJECTED, { type: 'never-executed', reasons });
});

test('only a repair of the books holds a dispute back, and only until it has ended', () => {
  const waits = (payment: Payment, fact: Fact) => changes(payment, fact, 'contradiction', { trouble: 'CONTRADICTED' });
  const stops = (payment: Payment, fact: Fact) => assert.equal(evolve(payment, fact).run.status, 'disputed');
  const confirmed = given('confirmed', { outcome: 'executed', money: 'held' });
  for (const postBy of ['transfer', 'receivable'] as const) {
    waits({ ...confirmed, postBy }, REJECTED);
    stops({ ...confirmed, postBy, money: 'posted' }, REJECTED);
  }
  for (const postBy of ['settle', 'settle-now'] as const) stops({ ...confirmed, postBy }, REJECTED);
  const rejected = given('rejected', { outcome: 'not-executed', money: 'posted', releaseBy: 'give-back' });
  const repairing = waits(rejected, CONFIRMED);
  stops({ ...rejected, money: 'released' }, CONFIRMED);
  stops({ ...rejected, releaseBy: 'release' }, CONFIRMED);
  stops(given('settled', { outcome: 'executed', postBy: 'transfer', money: 'held' }), REJECTED);
  const ended = changes(repairing, { type: 'funds-released' }, 'moved', { status: 'disputed', money: 'released' });
  changes(ended, { type: 'resolved-not-executed', reasons }, 'moved', {
    status: 'rejected',
    reasons,
    trouble: 'CONTRADICTION_RESOLVED',
  });
});

test('before people, what the ledger answers late is where the money is, once', () => {
  const answers = [
    ['funds-held', 'held'],
    ['funds-posted', 'posted'],
    ['funds-released', 'released'],
  ] as const;
  for (const status of ['disputed', 'stuck'] as const)
    for (const [type, money] of answers) {
      const after = changes(given(status, { outcome: 'executed' }), { type, atMs: 1 } as Fact, 'waits', { money });
      ignores(after, { type, atMs: 1 } as Fact);
    }
  ignores(given('sent', { money: 'held' }), { type: 'funds-posted' }, { type: 'funds-released' }, { type: 'money-seen', money: 'posted' });
  changes(given('disputed'), { type: 'money-seen', money: 'posted' }, 'waits', { money: 'posted', attempt: 1 });
  ignores(given('stuck', { outcome: 'executed' }), { type: 'money-seen', money: 'posted' });
});

test('a release that is refused: the money is back already, comes back another way, or a person looks', () => {
  const rejected = given('rejected', { outcome: 'not-executed', money: 'held', attempt: 2 });
  const refused = (code: string): Fact => ({ type: 'release-refused', code });
  for (const code of ['LEDGER_HOLD_ALREADY_RELEASED', 'LEDGER_HOLD_EXPIRED', 'LEDGER_HOLD_UNKNOWN', 'LEDGER_NOT_A_HOLD'])
    changes(rejected, refused(code), 'moved', { status: 'failed', money: 'released', attempt: 0 });
  const settled = refused('LEDGER_HOLD_ALREADY_SETTLED');
  const again = { releaseBy: 'give-back', releaseRound: 2, attempt: 0, trouble: 'LEDGER_HOLD_ALREADY_SETTLED' } as const;
  const giving = changes(rejected, settled, 'moved', again);
  changes(giving, settled, 'moved', { status: 'stuck', releaseRound: 3 });
  changes(rejected, refused('LEDGER_X'), 'moved', { status: 'stuck', releaseRound: 2, attempt: 0, trouble: 'LEDGER_X' });
  changes(rejected, refused('LEDGER_ID_CONFLICT'), 'moved', { status: 'stuck', attempt: 0, trouble: 'LEDGER_ID_CONFLICT' });
  ignores(given('sent'), settled, { type: 'post-refused', code: 'LEDGER_X' });
});

test('how to post after a refusal: undated, from the account, as a debt, and then no way; never under an id that is taken', () => {
  const by = (postBy: PostBy, code: string) => escalatePost({ ...FIRST_BOOKING, money: 'held', heldAtMs: 4, postBy }, code);
  const next = (postBy: PostBy) => ({ ...FIRST_BOOKING, money: 'held', heldAtMs: 4, postBy, postRound: 2 });
  for (const code of ['LEDGER_EFFECTIVE_IN_FUTURE', 'LEDGER_EFFECTIVE_BEFORE_ORIGINAL', 'LEDGER_PERIOD_CLOSED']) {
    assert.deepEqual(by('settle', code), next('settle-now'), code);
    assert.equal(by('settle-now', code), null, code);
  }
  for (const code of ['LEDGER_HOLD_ALREADY_RELEASED', 'LEDGER_HOLD_EXPIRED', 'LEDGER_HOLD_UNKNOWN', 'LEDGER_NOT_A_HOLD'])
    for (const way of ['settle', 'settle-now'] as const) assert.deepEqual(by(way, code), next('transfer'), code);
  assert.deepEqual(by('transfer', 'LEDGER_INSUFFICIENT_FUNDS'), next('receivable'));
  assert.equal(by('receivable', 'LEDGER_INSUFFICIENT_FUNDS'), null);
  for (const way of ['settle', 'settle-now', 'transfer', 'receivable'] as const) assert.equal(by(way, 'LEDGER_ID_CONFLICT'), null, way);
  const first = { ...FIRST_BOOKING, money: 'held' as const };
  assert.deepEqual(escalateRelease(first, 'LEDGER_HOLD_ALREADY_SETTLED'), { ...first, releaseBy: 'give-back', releaseRound: 2 });
});

test('a try that led nowhere is counted where something was tried, and nowhere else', () => {
  const waiting = STATUSES.filter((status) => !isTerminal(status) && status !== 'disputed');
  for (const status of STATUSES) {
    const from = given(status, { attempt: 4, notFoundSeen: 1, openSends: 2 });
    const fact: Fact = { type: 'nothing-learned' };
    if (waiting.includes(status)) changes(from, fact, 'waits', { attempt: 5 });
    else ignores(from, fact);
    for (const counts of [true, false]) {
      const notFound: Fact = { type: 'not-found', counts };
      if (['sent', 'unknown', 'stuck'].includes(status)) changes(from, notFound, 'waits', { attempt: 5, notFoundSeen: counts ? 2 : 1 });
      else ignores(from, notFound);
    }
    if (status === 'held') changes(from, { type: 'not-sent' }, 'waits', { attempt: 5, openSends: 1 });
    else ignores(from, { type: 'not-sent' });
    if (status === 'sent' || status === 'stuck') changes(from, { type: 'provider-accepted' }, 'waits', { attempt: 5, notFoundSeen: 0 });
    if (status === 'unknown') changes(from, { type: 'answer-missing' }, 'waits', { attempt: 5 });
    else if (status !== 'held') ignores(from, { type: 'answer-missing' });
    if (status === 'stuck') changes(from, { type: 'time-is-up', reasons }, 'waits', { attempt: 5 });
    else if (!['held', 'sent', 'unknown'].includes(status)) ignores(from, { type: 'time-is-up', reasons });
  }
  changes(given('held', { openSends: 0 }), { type: 'not-sent' }, 'waits', { attempt: 1 });
  ignores(given('held', { openSends: 1 }), { type: 'never-executed', reasons });
});

test('a review keeps its reasons and its time until it ends; approved, nothing is left of them', () => {
  const review: Fact = { type: 'risk-wants-review', reasons, untilMs: 50 };
  const inReview = changes(given('created', { attempt: 1 }), review, 'moved', {
    status: 'in-review',
    attempt: 0,
    reasons,
    reviewUntilMs: 50,
  });
  changes(inReview, { type: 'review-approved' }, 'moved', { status: 'assessed', reasons: [], reviewUntilMs: null });
  for (const type of ['review-denied', 'review-expired'] as const)
    changes(inReview, { type, reasons: [] }, 'moved', { status: 'declined', reasons: [], reviewUntilMs: null });
  changes(inReview, CONFIRMED, 'contradiction', { status: 'disputed', reviewUntilMs: null, trouble: 'NEVER_SENT' });
});
