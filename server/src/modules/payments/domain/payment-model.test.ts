/**
 * A payment against a ledger and people, under any sequence of facts, lies among them: where the money may be after each. The ledger here
 * remembers what it was asked under each id, done or refused, as the real one does; a driver may die after any effect.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { nextAction } from './next-action.ts';
import { definePaying } from './paying.ts';
import { type Fact, freshPayment, isTerminal, type Payment } from './payment.ts';

const { evolve } = definePaying();
const AMOUNT = 10;
const reasons = [{ code: 'R', message: 'r' }];

/** The ledger, as far as one payment can tell. */
function createBooks(funds: number) {
  const asked = new Map<string, string>();
  const books = { customer: funds, clearing: 0, receivable: 0, hold: 'none' as 'none' | 'open' | 'settled' | 'released' };
  const answer = (id: string, work: () => string): string => {
    const known = asked.get(id);
    if (known !== undefined) return known;
    const outcome = work();
    asked.set(id, outcome);
    return outcome;
  };
  const endOfHold = (): string | null =>
    books.hold === 'open' ? null : books.hold === 'settled' ? 'LEDGER_HOLD_ALREADY_SETTLED' : 'LEDGER_HOLD_ALREADY_RELEASED';
  const move = (from: 'customer' | 'clearing' | 'receivable', to: 'customer' | 'clearing' | 'receivable'): string => {
    if (from === 'customer' && books.customer < AMOUNT) return 'LEDGER_INSUFFICIENT_FUNDS';
    books[from] -= AMOUNT;
    books[to] += AMOUNT;
    return 'done';
  };
  return {
    books,
    hold: () =>
      answer('hold', () => {
        if (books.customer < AMOUNT) return 'LEDGER_INSUFFICIENT_FUNDS';
        books.customer -= AMOUNT;
        books.hold = 'open';
        return 'done';
      }),
    post: ({ postBy, postRound }: Payment) =>
      answer(`post/${postRound}`, () => {
        if (postBy === 'transfer') return move('customer', 'clearing');
        if (postBy === 'receivable') return move('receivable', 'clearing');
        const refused = endOfHold();
        if (refused) return refused;
        books.hold = 'settled';
        books.clearing += AMOUNT;
        return 'done';
      }),
    release: ({ releaseBy, releaseRound, postBy }: Payment) =>
      answer(`release/${releaseRound}`, () => {
        if (releaseBy === 'give-back') return move('clearing', postBy === 'receivable' ? 'receivable' : 'customer');
        const refused = endOfHold();
        if (refused) return refused;
        books.hold = 'released';
        books.customer += AMOUNT;
        return 'done';
      }),
    /** Somebody with the right to write to the ledger ends the hold. */
    releaseByHand() {
      if (books.hold !== 'open') return;
      books.hold = 'released';
      books.customer += AMOUNT;
    },
    spend() {
      books.customer = 0;
    },
  };
}

const HEARD: Fact[] = [
  { type: 'provider-accepted' },
  { type: 'answer-missing' },
  { type: 'not-received' },
  { type: 'not-found', counts: true },
  { type: 'never-executed', reasons },
  { type: 'provider-confirmed', settledAtMs: 1 },
  { type: 'provider-rejected', reasons },
  { type: 'provider-refused', reasons },
  { type: 'settlement-revoked', code: 'R' },
  { type: 'disagrees', code: 'AMOUNT_DIFFERS' },
  { type: 'time-is-up', reasons },
  { type: 'order-lost', reasons },
  { type: 'not-sent' },
];
const event = fc.oneof(
  { weight: 6, arbitrary: fc.constant({ do: 'act' } as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'act-and-die' } as const) },
  { weight: 4, arbitrary: fc.constantFrom(...HEARD).map((fact) => ({ do: 'hear', fact }) as const) },
  { weight: 2, arbitrary: fc.constantFrom('executed' as const, 'not-executed' as const).map((says) => ({ do: 'resolve', says }) as const) },
  { weight: 1, arbitrary: fc.constantFrom('release-by-hand' as const, 'spend' as const).map((what) => ({ do: what }) as const) },
);

/** What the driver does, and the fact it comes back with; null where only the provider's word goes on. */
function act(payment: Payment, ledger: ReturnType<typeof createBooks>): Fact | null {
  switch (nextAction(payment, 0)?.action) {
    case 'assess':
      return { type: 'risk-approved' };
    case 'hold': {
      const outcome = ledger.hold();
      return outcome === 'done' ? { type: 'funds-held', atMs: 1 } : { type: 'funds-refused', reasons };
    }
    case 'post': {
      const outcome = ledger.post(payment);
      if (outcome === 'LEDGER_HOLD_ALREADY_SETTLED') return { type: 'funds-posted' };
      return outcome === 'done' ? { type: 'funds-posted' } : { type: 'post-refused', code: outcome };
    }
    case 'release': {
      const outcome = ledger.release(payment);
      return outcome === 'done' ? { type: 'funds-released' } : { type: 'release-refused', code: outcome };
    }
    case 'look': {
      const { hold } = ledger.books;
      return { type: 'money-seen', money: hold === 'settled' ? 'posted' : hold === 'released' ? 'released' : 'held' };
    }
    default:
      return null;
  }
}

test('money is never given back against a word that says executed, never taken twice, and never ends anywhere without a final word', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 50 }), (events) => {
      const ledger = createBooks(AMOUNT);
      let payment = freshPayment('pix');
      // Since a person last decided: what anybody said.
      let said = new Set<string>();
      let spent = 0;
      let byHand = false;
      for (const one of events) {
        if (one.do === 'release-by-hand') {
          byHand ||= ledger.books.hold === 'open';
          ledger.releaseByHand();
        }
        if (one.do === 'spend') {
          spent += ledger.books.customer;
          ledger.spend();
        }
        if (one.do === 'act' || one.do === 'act-and-die') {
          const { hold, clearing } = ledger.books;
          const fact = act(payment, ledger);
          const isGivenBack = (hold === 'open' && ledger.books.hold === 'released') || ledger.books.clearing < clearing;
          if (isGivenBack) assert.ok(!said.has('executed'), 'given back although something says executed');
          if (isGivenBack) assert.ok(said.has('not-executed') || payment.outcome === 'not-executed');
          if (ledger.books.clearing > clearing) assert.ok(said.has('executed'), 'posted and nobody said executed');
          if (fact && one.do === 'act') payment = evolve(payment, fact).run;
        }
        if (one.do === 'resolve') {
          const fact: Fact = one.says === 'executed' ? { type: 'resolved-executed', atMs: 1 } : { type: 'resolved-not-executed', reasons };
          const { run: after, verdict } = evolve(payment, fact);
          if (verdict === 'moved') said = new Set([one.says]);
          payment = after;
        }
        if (one.do === 'hear') {
          const { run: after } = evolve(payment, one.fact);
          if (one.fact.type === 'provider-confirmed' && after.status !== payment.status) said.add('executed');
          if (after.outcome === 'not-executed') said.add('not-executed');
          payment = after;
        }
        const { customer, clearing, receivable, hold } = ledger.books;
        assert.equal(customer + clearing + receivable + spent + (hold === 'open' ? AMOUNT : 0), AMOUNT, 'no money is made or lost');
        assert.ok(clearing === 0 || clearing === AMOUNT, 'the provider is paid once');
        if (payment.status === 'settled') assert.equal(clearing, AMOUNT, 'settled: clearing has it');
        if (payment.status === 'failed') assert.equal(clearing, 0, 'failed: clearing has nothing of it');
        if (payment.status === 'failed' && !byHand) assert.notEqual(hold, 'open', 'failed: nothing stays held');
        if (isTerminal(payment.status) && payment.status !== 'declined') assert.notEqual(payment.outcome, null);
      }
    }),
    { numRuns: 20_000 },
  );
});
