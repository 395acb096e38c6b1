import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '#platform/machine/run.ts';
import { DEFAULT_PACE, nextAction, publicStatus } from './next-action.ts';
import { definePaying } from './paying.ts';
import { type Fact, freshPayment, type Payment, type Reason, type Status } from './payment.ts';

const { evolve } = definePaying();
const reasons: Reason[] = [{ code: 'R', message: 'r' }];
const fresh: Payment = freshPayment('pix');
/** Without scatter, so that pauses can be told. */
const STILL = { ...DEFAULT_PACE, random: () => 1 };
const given = (status: Status, more: Partial<Payment> = {}): Payment => ({ ...fresh, status, ...more });

/** Given a status, when a fact arrives, then the status is … and the fact was worth … */
function check(from: Payment, fact: Fact, to: Status, verdict: Verdict): Payment {
  const result = evolve(from, fact);
  assert.equal(`${result.run.status} ${result.verdict}`, `${to} ${verdict}`, `${from.status} + ${fact.type}`);
  return result.run;
}

test('given nothing unusual, a payment walks from created to settled', () => {
  const facts: [Fact, Status][] = [
    [{ type: 'risk-approved' }, 'assessed'],
    [{ type: 'funds-held', atMs: 1 }, 'held'],
    [{ type: 'provider-accepted' }, 'sent'],
    [{ type: 'provider-confirmed', settledAtMs: 5 }, 'confirmed'],
    [{ type: 'funds-posted' }, 'settled'],
  ];
  let payment = fresh;
  const actions: string[] = [];
  for (const [fact, status] of facts) {
    actions.push(nextAction(payment, 0)!.action);
    payment = check(payment, fact, status, 'moved');
  }
  assert.deepEqual(actions, ['assess', 'hold', 'send', 'query', 'post']);
  assert.equal(nextAction(payment, 0), null);
  assert.equal(payment.settledAtMs, 5);
});

test('given the payee is one of ours, one transfer is the whole payment', () => {
  const payment = given('assessed', { route: 'on-us' });
  assert.equal(nextAction(payment, 0)?.action, 'transfer');
  check(payment, { type: 'moved-on-us', atMs: 1 }, 'settled', 'moved');
  check(given('assessed'), { type: 'moved-on-us', atMs: 1 }, 'assessed', 'ignored');
});

test('given risk or funds say no, the payment is declined with the reasons and nothing is due any more', () => {
  for (const payment of [
    check(fresh, { type: 'risk-denied', reasons }, 'declined', 'moved'),
    check(given('assessed'), { type: 'funds-refused', reasons }, 'declined', 'moved'),
  ]) {
    assert.deepEqual(payment.reasons, reasons);
    assert.equal(nextAction(payment, 0), null);
  }
});

test('given a review, a person decides or time does', () => {
  const inReview = check(fresh, { type: 'risk-wants-review', reasons, untilMs: 1_000 }, 'in-review', 'moved');
  assert.deepEqual(nextAction(inReview, 400), { action: 'expire-review', afterMs: 600 });
  assert.deepEqual(check(inReview, { type: 'review-approved' }, 'assessed', 'moved').reasons, []);
  check(inReview, { type: 'review-denied', reasons }, 'declined', 'moved');
  const expired = check(inReview, { type: 'review-expired', reasons }, 'declined', 'moved');
  check(expired, { type: 'review-approved' }, 'declined', 'ignored');
});

test('given the answer is missing, the payment is unknown, never failed, and the provider is asked', () => {
  const unknown = check(given('held'), { type: 'answer-missing' }, 'unknown', 'moved');
  assert.equal(nextAction(unknown, 0)?.action, 'query');
  check(unknown, { type: 'provider-confirmed', settledAtMs: 1 }, 'confirmed', 'moved');
  check(unknown, { type: 'provider-rejected', reasons }, 'rejected', 'moved');
  check(unknown, { type: 'provider-accepted' }, 'sent', 'moved');
  const again = check(unknown, { type: 'not-received' }, 'held', 'moved');
  assert.equal(nextAction(again, 0)?.action, 'send');
  assert.equal(check(unknown, { type: 'answer-missing' }, 'unknown', 'waits').attempt, 2);
});

test('given the webhook comes before the answer, the answer changes nothing', () => {
  const confirmed = check(given('held'), { type: 'provider-confirmed', settledAtMs: 1 }, 'confirmed', 'moved');
  check(confirmed, { type: 'provider-accepted' }, 'confirmed', 'ignored');
  check(confirmed, { type: 'answer-missing' }, 'confirmed', 'ignored');
});

test('given the other end was acted upon, the opposite word stops everything: disputed, and nothing is due', () => {
  const executed: Fact = { type: 'provider-confirmed', settledAtMs: 1 };
  const rejected: Fact = { type: 'provider-rejected', reasons };
  const pairs: [Status, 'executed' | 'not-executed' | null, Fact][] = [
    ['confirmed', 'executed', rejected],
    ['settled', 'executed', rejected],
    ['settled', 'executed', { type: 'settlement-revoked', code: 'R' }],
    ['rejected', 'not-executed', executed],
    ['failed', 'not-executed', executed],
    ['declined', null, executed],
    ['created', null, executed],
    ['in-review', null, executed],
    ['sent', null, { type: 'disagrees', code: 'AMOUNT_DIFFERS' }],
    ['settled', 'executed', { type: 'disagrees', code: 'AMOUNT_DIFFERS' }],
  ];
  for (const [status, outcome, fact] of pairs) {
    const { run: payment } = evolve(given(status, { outcome }), fact);
    assert.equal(payment.status, 'disputed', `${status} + ${fact.type}`);
    assert.ok(payment.trouble);
    assert.equal(nextAction(payment, 0), null);
    const later: Fact[] = [executed, rejected, { type: 'nothing-learned' }, { type: 'time-is-up', reasons }];
    for (const further of later) assert.equal(evolve(payment, further).run.status, 'disputed');
  }
});

test('given a booking was under way when it became disputed, the ledger is asked once where the money is', () => {
  const { run: payment } = evolve(given('rejected', { outcome: 'not-executed', money: 'held' }), {
    type: 'provider-confirmed',
    settledAtMs: 1,
  });
  assert.equal(nextAction(payment, 0)?.action, 'look');
  const seen = check(payment, { type: 'money-seen', money: 'released' }, 'disputed', 'waits');
  assert.deepEqual([seen.money, nextAction(seen, 0)], ['released', null]);
  const open = check(payment, { type: 'money-seen', money: 'held' }, 'disputed', 'waits');
  assert.equal(nextAction(open, 0), null);
  const posting = check(seen, { type: 'resolved-executed', atMs: 1 }, 'confirmed', 'moved');
  assert.deepEqual([posting.postBy, posting.postRound], ['transfer', 2]);
});

test('given it was never sent, a rejection is no news: a review goes on', () => {
  check(given('in-review', { reviewUntilMs: 5 }), { type: 'provider-rejected', reasons }, 'in-review', 'contradiction');
});

test('given a try without an answer, a refusal of the next proves nothing until a question is answered', () => {
  check(given('held', { openSends: 1 }), { type: 'provider-refused', reasons }, 'rejected', 'moved');
  for (const before of [given('held', { openSends: 2 }), given('held', { openSends: 1, sinceSentMs: 9 })]) {
    const unknown = check(before, { type: 'provider-refused', reasons }, 'unknown', 'moved');
    assert.deepEqual(unknown.refusal, reasons[0]);
    check(unknown, { type: 'provider-confirmed', settledAtMs: 1 }, 'confirmed', 'moved');
    check(unknown, { type: 'never-executed', reasons }, 'rejected', 'moved');
  }
});

test('given its time is up: certainly never sent ends, perhaps sent is asked about and then stuck, seldom asked', () => {
  const late = given('held', { openSends: 1, isOver: true });
  assert.equal(nextAction(late, 0)?.action, 'give-up');
  check(late, { type: 'time-is-up', reasons }, 'rejected', 'moved');
  const perhaps = check({ ...late, openSends: 2 }, { type: 'time-is-up', reasons }, 'unknown', 'moved');
  const stuck = check(perhaps, { type: 'time-is-up', reasons }, 'stuck', 'moved');
  assert.deepEqual(nextAction(stuck, 0, STILL), { action: 'query', afterMs: DEFAULT_PACE.stuckQueryMs });
  const late2 = check(stuck, { type: 'provider-confirmed', settledAtMs: 1 }, 'confirmed', 'moved');
  assert.equal(late2.trouble, null, 'what ended after all needs nobody');
  check(stuck, { type: 'resolved-not-executed', reasons }, 'rejected', 'moved');
});

test('a try that certainly did not arrive is not counted as one that may have', () => {
  const held = check(given('assessed'), { type: 'funds-held', atMs: 1 }, 'held', 'moved');
  assert.equal(held.openSends, 1);
  const turnedAway = check(held, { type: 'not-sent' }, 'held', 'waits');
  assert.equal(turnedAway.openSends, 0);
});

test('given the hold is gone, the money is taken another way, under another id; when it is spent, the payer owes it', () => {
  const gone = check(
    given('confirmed', { outcome: 'executed', money: 'held' }),
    { type: 'post-refused', code: 'LEDGER_HOLD_EXPIRED' },
    'confirmed',
    'moved',
  );
  assert.deepEqual([gone.postBy, gone.postRound, gone.trouble], ['transfer', 2, 'LEDGER_HOLD_EXPIRED']);
  const spent = check(gone, { type: 'post-refused', code: 'LEDGER_INSUFFICIENT_FUNDS' }, 'confirmed', 'moved');
  assert.deepEqual([spent.postBy, spent.postRound], ['receivable', 3]);
  check(spent, { type: 'funds-posted' }, 'settled', 'moved');
  const stuck = check(spent, { type: 'post-refused', code: 'LEDGER_X' }, 'stuck', 'moved');
  assert.equal(nextAction(stuck, 0), null, 'the provider cannot tell what our books refuse');
  const again = check(stuck, { type: 'resolved-executed', atMs: 1 }, 'confirmed', 'moved');
  assert.equal(again.postRound, 4, 'a refusal is for ever under its id');
  check(given('confirmed', { outcome: 'executed' }), { type: 'post-refused', code: 'LEDGER_ID_CONFLICT' }, 'stuck', 'moved');
  const undated = check(
    given('confirmed', { outcome: 'executed' }),
    { type: 'post-refused', code: 'LEDGER_PERIOD_CLOSED' },
    'confirmed',
    'moved',
  );
  assert.deepEqual([undated.postBy, undated.postRound], ['settle-now', 2]);
});

test('given a repair of the books is under way, a contradiction waits for it: its answer may be lost', () => {
  const repairing = given('confirmed', { outcome: 'executed', postBy: 'transfer', postRound: 2 });
  const { run: payment, verdict } = evolve(repairing, { type: 'provider-rejected', reasons });
  assert.deepEqual([payment.status, verdict, payment.trouble], ['confirmed', 'contradiction', 'CONTRADICTED']);
  const disputed = check(payment, { type: 'funds-posted' }, 'disputed', 'moved');
  const back = check(disputed, { type: 'resolved-not-executed', reasons }, 'rejected', 'moved');
  assert.deepEqual([back.releaseBy, back.releaseRound], ['give-back', 2]);
  check(back, { type: 'funds-released' }, 'failed', 'moved');
});

test('tries are spaced further and further apart, up to a limit, and scattered', () => {
  const pauses = [0, 1, 2, 3, 30].map((attempt) => nextAction(given('assessed', { attempt }), 0, STILL)!.afterMs);
  assert.deepEqual(pauses, [0, 250, 500, 1_000, DEFAULT_PACE.retryMaxMs]);
  const scattered = new Set(Array.from({ length: 20 }, () => nextAction(given('assessed', { attempt: 5 }), 0)!.afterMs));
  assert.ok(scattered.size > 10, 'what failed together does not come back together');
});

test('people see that it is over only once the books say so', () => {
  assert.deepEqual((['created', 'confirmed', 'rejected', 'settled', 'failed'] as const).map(publicStatus), [
    'processing',
    'sent',
    'sent',
    'settled',
    'failed',
  ]);
});

test('given it is held, over, and was announced, its time ends it for people, and not as never sent', () => {
  const announced = given('held', { openSends: 1, isOver: true, news: 1 });
  const unknown = check(announced, { type: 'time-is-up', reasons }, 'unknown', 'moved');
  check(unknown, { type: 'time-is-up', reasons }, 'stuck', 'moved');
  check({ ...announced, news: 0 }, { type: 'time-is-up', reasons }, 'rejected', 'moved');
});

test('given news and no answer, what has begun ends first, and before sending question and own step take turns', () => {
  const action = (status: Status, more: Partial<Payment> = {}) => nextAction(given(status, { news: 1, ...more }), 0, STILL)?.action;
  for (const [status, own] of [
    ['created', 'assess'],
    ['in-review', 'expire-review'],
    ['assessed', 'hold'],
  ] as const)
    assert.deepEqual([action(status), action(status, { attempt: 1 }), action(status, { attempt: 2 })], ['query', own, 'query']);
  assert.deepEqual(
    [action('held'), action('held', { attempt: 1 }), action('confirmed'), action('rejected', { attempt: 3 })],
    Array(4).fill('query'),
  );
  assert.equal(action('confirmed', { postBy: 'transfer' }), 'post');
  assert.equal(action('rejected', { releaseBy: 'give-back' }), 'release');
  assert.equal(action('disputed', { outcome: 'executed', money: 'held' }), 'look');
  assert.equal(action('disputed', { outcome: 'executed', money: 'held', attempt: 1 }), 'query');
});

test('given it has ended and was announced otherwise, each answer that tells nothing is a try, and tries lie further and further apart', () => {
  const ended = given('settled', { outcome: 'executed', money: 'posted', news: 1 });
  const once = check(ended, { type: 'nothing-learned' }, 'settled', 'waits');
  assert.equal(once.attempt, 1);
  check({ ...ended, news: 0 }, { type: 'nothing-learned' }, 'settled', 'ignored');
  const pauses = [0, 1, 2, 30].map((attempt) => nextAction({ ...ended, attempt }, 0, STILL)?.afterMs);
  assert.deepEqual(pauses, [250, 500, 1_000, DEFAULT_PACE.stuckQueryMs]);
  assert.equal(nextAction({ ...given('sent', { news: 1 }), attempt: 30 }, 0, STILL)?.afterMs, DEFAULT_PACE.retryMaxMs);
});
