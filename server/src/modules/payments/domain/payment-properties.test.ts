import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextAction } from './next-action.ts';
import { definePaying } from './paying.ts';
import { type Fact, freshPayment, isTerminal, type Payment, STATUSES } from './payment.ts';

const { evolve } = definePaying();
const reasons = [{ code: 'R', message: 'r' }];
const ALL_FACTS: Fact[] = [
  { type: 'risk-approved' },
  { type: 'risk-wants-review', reasons, untilMs: 9 },
  { type: 'risk-denied', reasons },
  { type: 'review-approved' },
  { type: 'review-denied', reasons },
  { type: 'review-expired', reasons },
  { type: 'funds-held', atMs: 1 },
  { type: 'funds-refused', reasons },
  { type: 'moved-on-us', atMs: 1 },
  { type: 'provider-accepted' },
  { type: 'answer-missing' },
  { type: 'not-received' },
  { type: 'provider-confirmed', settledAtMs: 1 },
  { type: 'provider-rejected', reasons },
  { type: 'provider-refused', reasons },
  { type: 'never-executed', reasons },
  { type: 'settlement-revoked', code: 'R' },
  { type: 'disagrees', code: 'AMOUNT_DIFFERS' },
  { type: 'not-sent' },
  { type: 'not-found', counts: true },
  { type: 'order-lost', reasons },
  { type: 'time-is-up', reasons },
  { type: 'funds-posted' },
  { type: 'post-refused', code: 'LEDGER_HOLD_EXPIRED' },
  { type: 'post-refused', code: 'LEDGER_INSUFFICIENT_FUNDS' },
  { type: 'funds-released' },
  { type: 'release-refused', code: 'LEDGER_HOLD_ALREADY_SETTLED' },
  { type: 'release-refused', code: 'LEDGER_X' },
  { type: 'money-seen', money: 'released' },
  { type: 'resolved-executed', atMs: 1 },
  { type: 'resolved-not-executed', reasons },
  { type: 'nothing-learned' },
];
const FINAL: ReadonlySet<string> = new Set([
  'provider-confirmed',
  'provider-rejected',
  'provider-refused',
  'never-executed',
  'time-is-up',
  'order-lost',
  'moved-on-us',
  'resolved-executed',
  'resolved-not-executed',
]);
const start = (route: 'pix' | 'on-us'): Payment => freshPayment(route);

test('any facts in any order and number: only legal states, an end is opened by its opposite alone, nothing ends without a final word', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('pix' as const, 'on-us' as const),
      fc.array(fc.constantFrom(...ALL_FACTS), { maxLength: 60 }),
      (route, facts) => {
        let payment = start(route);
        let isWordSaid = false;
        for (const fact of facts) {
          const { run: after, verdict } = evolve(payment, fact);
          assert.ok(STATUSES.includes(after.status));
          if (isTerminal(payment.status) && after.status !== payment.status) {
            assert.equal(after.status, 'disputed', `${payment.status} + ${fact.type}`);
            assert.equal(verdict, 'contradiction');
          }
          if (payment.status === 'disputed' && after.status !== 'disputed')
            assert.match(fact.type, /^resolved-/, 'nothing goes on by itself');
          if (verdict === 'ignored') assert.deepEqual(after, payment);
          if (FINAL.has(fact.type)) isWordSaid = true;
          if ((after.status === 'settled' || after.status === 'failed') && after.status !== payment.status)
            assert.ok(isWordSaid || payment.status === 'rejected', 'no end without a final word');
          payment = after;
        }
        const due = nextAction(payment, 0);
        if (payment.status === 'disputed') assert.ok(due === null || due.action === 'look', 'of what is disputed nothing goes on');
        else
          assert.equal(
            due !== null,
            !isTerminal(payment.status) && !(payment.status === 'stuck' && payment.outcome),
            'whatever has not ended and is for nobody has something due',
          );
      },
    ),
    { numRuns: 3_000 },
  );
});

/** Parties that remember what they did, as the ledger and the provider do: a command's second time changes nothing. */
function world(outcome: 'settles' | 'rejects', funds: boolean) {
  const did = { held: 0, posted: 0, released: 0, moved: 0, executed: 0 };
  const provider = { known: false, finished: false };
  const once = (name: keyof typeof did) => {
    did[name] = 1;
  };
  return {
    did,
    provider,
    finish(): Fact | null {
      if (!provider.known) return null;
      if (!provider.finished && outcome === 'settles') did.executed += 1;
      provider.finished = true;
      return outcome === 'settles' ? { type: 'provider-confirmed', settledAtMs: 1 } : { type: 'provider-rejected', reasons };
    },
    act(action: string): Fact {
      switch (action) {
        case 'assess':
          return { type: 'risk-approved' };
        case 'hold':
          if (!funds) return { type: 'funds-refused', reasons };
          once('held');
          return { type: 'funds-held', atMs: 1 };
        case 'transfer':
          once('moved');
          return { type: 'moved-on-us', atMs: 1 };
        case 'send':
          provider.known = true;
          return { type: 'provider-accepted' };
        case 'query':
          if (!provider.known) return { type: 'not-received' };
          return provider.finished ? this.finish()! : { type: 'provider-accepted' };
        case 'post':
          once('posted');
          return { type: 'funds-posted' };
        case 'release':
          once('released');
          return { type: 'funds-released' };
        default:
          return { type: 'review-expired', reasons };
      }
    },
  };
}

/** What may go wrong at one step of a driver. */
const mishap = fc.constantFrom(
  'none',
  'none',
  'crash-after-effect',
  'answer-lost',
  'not-sent',
  'webhook',
  'webhook-twice',
  'second-driver',
);

test('crashes, lost answers, early and repeated webhooks, two drivers: each payment has exactly one effect', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('settles' as const, 'rejects' as const),
      fc.boolean(),
      fc.constantFrom('pix' as const, 'on-us' as const),
      fc.array(mishap, { maxLength: 40 }),
      (outcome, funds, route, mishaps) => {
        const w = world(outcome, funds);
        let payment = start(route);
        const hear = (fact: Fact | null) => {
          if (fact) payment = evolve(payment, fact).run;
        };
        const script = [...mishaps];
        for (let step = 0; step < 200 && !isTerminal(payment.status); step++) {
          const kind = script.shift() ?? 'none';
          const { action } = nextAction(payment, 0)!;
          if (kind === 'webhook' || kind === 'webhook-twice') hear(w.finish());
          if (kind === 'webhook-twice') hear(w.finish());
          if (kind === 'not-sent') {
            hear({ type: 'nothing-learned' });
            continue;
          }
          const fact = w.act(action);
          if (kind === 'crash-after-effect') continue;
          if (kind === 'answer-lost') {
            hear(action === 'send' ? { type: 'answer-missing' } : { type: 'nothing-learned' });
            continue;
          }
          if (kind === 'second-driver') hear(w.act(action));
          hear(fact);
          if (script.length === 0 && payment.status === 'sent') w.finish();
        }
        assert.ok(isTerminal(payment.status), `ended, not ${payment.status}`);
        const { held, posted, released, moved, executed } = w.did;
        assert.ok(executed <= 1, 'the provider executes once');
        if (payment.status === 'settled' && route === 'pix') assert.deepEqual([held, posted, released, executed], [1, 1, 0, 1]);
        if (payment.status === 'settled' && route === 'on-us') assert.deepEqual([held, moved], [0, 1]);
        if (payment.status === 'failed') assert.deepEqual([held, posted, released, executed], [1, 0, 1, 0]);
        if (payment.status === 'declined') assert.deepEqual([held, posted, released, moved, executed], [0, 0, 0, 0, 0]);
      },
    ),
    { numRuns: 2_000 },
  );
});
