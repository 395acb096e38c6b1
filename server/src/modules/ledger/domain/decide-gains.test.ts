import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { account, accountOf, holdOf, MemoryLedger, releaseOf, reverseOf, settleOf, transferOf } from '../test-support/memory-ledger.ts';
import type { Command, Outcome, Transfer } from './model.ts';

const LIMITED = { debitsMustNotExceedCredits: true };

/** House `h`, customers `a` with 100 and `b` with nothing, neither to go below zero. */
function given(): MemoryLedger {
  const ledger = new MemoryLedger([account('h', { normalSide: 'debit' }), account('a', LIMITED), account('b', LIMITED)]);
  ledger.run(transferOf('seed', 'h', 'a', 100n));
  return ledger;
}

const code = (outcome: Outcome | undefined): string => (outcome?.outcome === 'rejected' ? outcome.code : 'done');
const amount = (outcome: Outcome | undefined) => (outcome?.outcome === 'done' ? outcome.amount : undefined);
const last = (ledger: MemoryLedger) => ledger.transfers.at(-1) as Transfer;

/** Each again is answered as before; other content names its field. */
function assertIdempotent(ledger: MemoryLedger, command: Command, others: [Command, string | undefined][]): void {
  const [first] = ledger.run(command);
  const seq = ledger.seq;
  assert.deepEqual(ledger.run(command), [{ ...first, duplicate: true }]);
  for (const [other, field] of others) {
    const [outcome] = ledger.run(other);
    assert.equal(outcome?.outcome === 'rejected' ? outcome.field : undefined, field);
  }
  assert.equal(ledger.seq, seq, 'nothing moved');
}

describe('conditions', () => {
  const atLeast = (accountId: string, bound: bigint, balance: 'posted' | 'available' = 'posted') => [
    { accountId, balance, atLeast: bound, atMost: null },
  ];
  const atMost = (accountId: string, bound: bigint) => [{ accountId, balance: 'posted' as const, atLeast: null, atMost: bound }];

  test('on what a balance is afterwards, of any account, also one without a limit', () => {
    const ledger = given();
    const outcomes = ledger.run(
      transferOf('t1', 'a', 'b', 60n, { onlyIf: atLeast('a', 40n) }),
      transferOf('t2', 'a', 'b', 1n, { onlyIf: atLeast('a', 40n) }),
      transferOf('t3', 'h', 'b', 10n, { onlyIf: atMost('h', 110n) }),
      transferOf('t4', 'h', 'b', 10n, { onlyIf: atMost('h', 110n) }),
      transferOf('t5', 'h', 'b', 10n, { onlyIf: atLeast('a', 40n) }),
      transferOf('t6', 'h', 'b', 10n, { onlyIf: atLeast('nobody', 0n) }),
    );
    const expected = ['done', 'LEDGER_CONDITION_NOT_MET', 'done', 'LEDGER_CONDITION_NOT_MET', 'done', 'LEDGER_ACCOUNT_UNKNOWN'];
    assert.deepEqual(outcomes.map(code), expected);
  });

  test('count what is held in `available`, and stand on commands of every kind', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 70n));
    const wanted = { onlyIf: atLeast('a', 30n, 'available') };
    const outcomes = ledger.run(
      holdOf('h2', 'a', 'b', 1n, null, wanted),
      { ...settleOf('s', 'h1', 60n), onlyIf: atLeast('a', 41n) },
      { ...reverseOf('r', 'seed', 30n), onlyIf: atLeast('a', 1_000n) },
      { ...accountOf('f', 'a', 'frozen'), onlyIf: atMost('a', 99n) },
      { ...accountOf('f2', 'a', 'frozen'), onlyIf: atMost('a', 100n) },
    );
    assert.deepEqual(outcomes.map(code), [...Array(4).fill('LEDGER_CONDITION_NOT_MET'), 'done']);
    assert.deepEqual(ledger.balance('a').pendingDebits, 70n, 'nothing of what was refused stays');
  });

  test('make a block of bounds without a limit: the recipe of TigerBeetle', () => {
    // 40 debits on an account whose credits may not pass its debits, for this transfer only.
    const ledger = given();
    ledger.run(transferOf('x', 'h', 'b', 40n));
    assert.equal(code(ledger.run(transferOf('y1', 'b', 'h', 41n, { onlyIf: atMost('b', -1n) }))[0]), 'LEDGER_INSUFFICIENT_FUNDS');
    assert.deepEqual(
      ledger.block(transferOf('y2', 'b', 'h', 30n, { onlyIf: atMost('b', 10n) }), transferOf('y3', 'b', 'a', 10n)).map(code),
      ['done', 'done'],
    );
  });

  test('are part of what a command says', () => {
    const ledger = given();
    assertIdempotent(ledger, transferOf('t', 'a', 'b', 10n, { onlyIf: atLeast('a', 0n) }), [
      [transferOf('t', 'a', 'b', 10n, { onlyIf: atLeast('a', 1n) }), 'onlyIf'],
      [transferOf('t', 'a', 'b', 10n), 'onlyIf'],
    ]);
  });
});

describe('several settlements of one hold', () => {
  test('each takes a part and leaves the rest held, until nothing is', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 60n));
    const outcomes = ledger.run(
      settleOf('s1', 'h1', 20n, null, true),
      settleOf('s2', 'h1', 41n, null, true),
      settleOf('s3', 'h1', 30n, null, true),
    );
    assert.deepEqual(outcomes.map(code), ['done', 'LEDGER_SETTLE_EXCEEDS_HOLD', 'done']);
    assert.deepEqual(ledger.balance('a'), { postedDebits: 50n, postedCredits: 100n, pendingDebits: 10n, pendingCredits: 0n });
    assert.deepEqual([last(ledger).held, last(ledger).remaining], [30n, 10n]);
    assert.equal(code(ledger.run(transferOf('t', 'a', 'b', 41n))[0]), 'LEDGER_INSUFFICIENT_FUNDS', 'the rest still counts');
    assert.deepEqual(ledger.run(settleOf('s4', 'h1', null, null, true), settleOf('s5', 'h1', 1n)).map(code), [
      'done',
      'LEDGER_HOLD_ALREADY_SETTLED',
    ]);
    assert.deepEqual([last(ledger).amount, last(ledger).remaining, ledger.balance('a').pendingDebits], [10n, 0n, 0n]);
  });

  test('and the rest is released, or freed by one that does not keep it', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 60n), settleOf('s1', 'h1', 20n, null, true), releaseOf('r1', 'h1'));
    assert.deepEqual([last(ledger).amount, last(ledger).held], [40n, 40n]);
    ledger.run(holdOf('h2', 'a', 'b', 60n), settleOf('s2', 'h2', 20n, null, true), settleOf('s3', 'h2', 1n));
    assert.deepEqual([last(ledger).held, ledger.balance('a').pendingDebits], [40n, 0n]);
  });

  test('a block that fails leaves the hold as it was', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 60n));
    ledger.block(settleOf('s1', 'h1', 20n, null, true), transferOf('x', 'b', 'a', 999n));
    assert.deepEqual(ledger.run(settleOf('s2', 'h1')).map(amount), [60n]);
  });

  test('keeping the rest or not is part of what is said', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 60n));
    assertIdempotent(ledger, settleOf('s1', 'h1', 20n, null, true), [[settleOf('s1', 'h1', 20n), 'keepRest']]);
  });
});

describe('blocked', () => {
  test('nothing new in or out, whatever is in it; what was held before ends', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 10n), holdOf('h2', 'a', 'b', 10n), accountOf('x', 'a', 'blocked'));
    const refused = ledger.run(
      transferOf('t1', 'a', 'b', 1n),
      transferOf('t2', 'h', 'a', 1n),
      holdOf('t3', 'h', 'a', 1n),
      reverseOf('t4', 'seed', 1n),
    );
    assert.deepEqual(refused.map(code), Array(4).fill('LEDGER_ACCOUNT_BLOCKED'));
    assert.deepEqual(
      ledger.run(settleOf('s', 'h1'), releaseOf('r', 'h2'), accountOf('o', 'a', 'open'), transferOf('t5', 'h', 'a', 1n)).map(code),
      Array(4).fill('done'),
    );
  });
});

test('of several differences money and accounts are named before the rest', () => {
  const ledger = given();
  const first = transferOf('t', 'a', 'b', 10n, { metadata: { n: '1' } });
  ledger.run(first);
  const fieldOf = (other: Command) => (ledger.run(other)[0] as { field?: string }).field;
  assert.equal(fieldOf({ ...first, amount: 11n, effectiveAt: 1, metadata: { n: '2' } }), 'amountMinor');
  assert.equal(fieldOf({ ...first, creditAccountId: 'h', amount: 11n, metadata: null }), 'creditAccountId');
  ledger.run(holdOf('h1', 'a', 'b', 5n));
  assert.equal(fieldOf({ ...holdOf('h1', 'a', 'b', 5n, 9e12), metadata: { n: '1' } }), 'expiresAt');
});
