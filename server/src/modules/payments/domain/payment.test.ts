import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_PACE, nextAction, publicStatus } from './next-action.ts';
import { evolve, type Fact, type Payment, type Reason, type Status, type Verdict } from './payment.ts';

const reasons: Reason[] = [{ code: 'R', message: 'r' }];
const fresh: Payment = { status: 'created', route: 'pix', attempt: 0, reasons: [], reviewUntilMs: null, settledAtMs: null };
const given = (status: Status, more: Partial<Payment> = {}): Payment => ({ ...fresh, status, ...more });

/** Given a status, when a fact arrives, then the status is … and the fact was worth … */
function check(from: Payment, fact: Fact, to: Status, verdict: Verdict): Payment {
  const result = evolve(from, fact);
  assert.equal(`${result.payment.status} ${result.verdict}`, `${to} ${verdict}`, `${from.status} + ${fact.type}`);
  return result.payment;
}

test('given nothing unusual, a payment walks from created to settled', () => {
  const facts: [Fact, Status][] = [
    [{ type: 'risk-approved' }, 'assessed'],
    [{ type: 'funds-held' }, 'held'],
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

test('given the other end was acted upon, the opposite fact is a contradiction and changes nothing', () => {
  for (const status of ['confirmed', 'settled'] as const)
    check(given(status), { type: 'provider-rejected', reasons }, status, 'contradiction');
  for (const status of ['rejected', 'failed', 'declined'] as const) {
    check(given(status), { type: 'provider-confirmed', settledAtMs: 1 }, status, 'contradiction');
  }
});

test('tries are spaced further and further apart, up to a limit', () => {
  const pauses = [0, 1, 2, 3, 30].map((attempt) => nextAction(given('assessed', { attempt }), 0)!.afterMs);
  assert.deepEqual(pauses, [0, 250, 500, 1_000, DEFAULT_PACE.retryMaxMs]);
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
