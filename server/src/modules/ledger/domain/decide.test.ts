import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_MINOR } from '#platform/money.ts';
import { account, holdOf, MemoryLedger, releaseOf, settleOf, transferOf } from '../test-support/memory-ledger.ts';
import type { Account, Command, Outcome } from './model.ts';

const LIMITED = { debitsMustNotExceedCredits: true };

/** House `h`, customers `a` with 100 and `b` with nothing, neither to go below zero; `usd` in another asset. */
function given(extra: Account[] = []): MemoryLedger {
  const ledger = new MemoryLedger([
    account('h', { normalSide: 'debit' }),
    account('a', LIMITED),
    account('b', LIMITED),
    account('usd', { asset: 'USD' }),
    ...extra,
  ]);
  ledger.run(transferOf('seed', 'h', 'a', 100n));
  return ledger;
}

const code = (outcome: Outcome | undefined): string => (outcome?.outcome === 'rejected' ? outcome.code : 'done');

describe('every refusal has its own code', () => {
  const cases: [string, Command, string][] = [
    ['more than is there', transferOf('x', 'a', 'b', 101n), 'LEDGER_INSUFFICIENT_FUNDS'],
    ['a hold of more than is there', holdOf('x', 'a', 'b', 101n), 'LEDGER_INSUFFICIENT_FUNDS'],
    ['one account on both sides', transferOf('x', 'a', 'a', 1n), 'LEDGER_SAME_ACCOUNT'],
    ['two assets', transferOf('x', 'a', 'usd', 1n), 'LEDGER_ASSET_MISMATCH'],
    ['an unknown debit account', transferOf('x', 'nobody', 'b', 1n), 'LEDGER_DEBIT_ACCOUNT_UNKNOWN'],
    ['an unknown credit account', transferOf('x', 'a', 'nobody', 1n), 'LEDGER_CREDIT_ACCOUNT_UNKNOWN'],
    ['nothing', transferOf('x', 'a', 'b', 0n), 'LEDGER_AMOUNT_ZERO'],
    ['39 digits', transferOf('x', 'h', 'b', MAX_MINOR + 1n), 'LEDGER_AMOUNT_TOO_LARGE'],
    ['a total of 39 digits', transferOf('x', 'h', 'b', MAX_MINOR), 'LEDGER_BALANCE_OVERFLOW'],
    ['an unknown hold', settleOf('x', 'nothing'), 'LEDGER_HOLD_UNKNOWN'],
    ['a transfer as a hold', settleOf('x', 'seed'), 'LEDGER_NOT_A_HOLD'],
    ['a hold that is born expired', holdOf('x', 'a', 'b', 1n, 0), 'LEDGER_EXPIRY_IN_PAST'],
    [
      'an effect in the future',
      { ...transferOf('x', 'a', 'b', 1n), effectiveAt: Date.parse('2030-01-01T00:00:00Z') },
      'LEDGER_EFFECTIVE_IN_FUTURE',
    ],
  ];
  for (const [name, command, expected] of cases) {
    test(`${name}: ${expected}`, () => {
      const ledger = given();
      assert.equal(code(ledger.run(command)[0]), expected);
      assert.equal(ledger.seq, 1, 'nothing moved');
    });
  }

  test('a credit beyond what an asset account has to its debit', () => {
    const ledger = given([account('vault', { normalSide: 'debit', creditsMustNotExceedDebits: true })]);
    assert.equal(code(ledger.run(transferOf('x', 'h', 'vault', 1n))[0]), 'LEDGER_CREDIT_LIMIT_EXCEEDED');
  });
});

describe('limits', () => {
  test('what is held is not available', () => {
    const ledger = given();
    const outcomes = ledger.run(holdOf('h1', 'a', 'b', 70n), transferOf('t1', 'a', 'b', 31n), transferOf('t2', 'a', 'b', 30n));
    assert.deepEqual(outcomes.map(code), ['done', 'LEDGER_INSUFFICIENT_FUNDS', 'done']);
  });

  test('a hold toward an account is not yet its money', () => {
    const ledger = given();
    const outcomes = ledger.run(
      holdOf('h1', 'a', 'b', 70n),
      transferOf('t1', 'b', 'h', 1n),
      settleOf('s1', 'h1'),
      transferOf('t2', 'b', 'h', 70n),
    );
    assert.deepEqual(outcomes.map(code), ['done', 'LEDGER_INSUFFICIENT_FUNDS', 'done', 'done']);
  });

  test('an overdraft limit is used to the last cent and no further', () => {
    const ledger = given([account('o', { ...LIMITED, overdraftLimit: 50n })]);
    assert.deepEqual(ledger.run(transferOf('t1', 'o', 'b', 50n), transferOf('t2', 'o', 'b', 1n)).map(code), [
      'done',
      'LEDGER_INSUFFICIENT_FUNDS',
    ]);
  });

  test('amounts far beyond a float compare exactly', () => {
    const ledger = given();
    const big = 10n ** 30n;
    ledger.run(transferOf('t0', 'h', 'b', big));
    assert.deepEqual(ledger.run(transferOf('t1', 'b', 'h', big + 1n), transferOf('t2', 'b', 'h', big)).map(code), [
      'LEDGER_INSUFFICIENT_FUNDS',
      'done',
    ]);
  });
});

describe('holds', () => {
  test('settling a part frees the rest', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 80n), settleOf('s1', 'h1', 30n));
    assert.deepEqual(ledger.balance('a'), { postedDebits: 30n, postedCredits: 100n, pendingDebits: 0n, pendingCredits: 0n });
    assert.deepEqual(ledger.balance('b'), { postedDebits: 0n, postedCredits: 30n, pendingDebits: 0n, pendingCredits: 0n });
  });

  test('more than was held is refused, and the hold stays', () => {
    const ledger = given();
    const outcomes = ledger.run(holdOf('h1', 'a', 'b', 80n), settleOf('s1', 'h1', 81n), settleOf('s2', 'h1', 0n), settleOf('s3', 'h1'));
    assert.deepEqual(outcomes.map(code), ['done', 'LEDGER_SETTLE_EXCEEDS_HOLD', 'LEDGER_AMOUNT_ZERO', 'done']);
  });

  test('a hold ends once, and later commands learn how', () => {
    const ledger = given();
    const outcomes = ledger.run(
      holdOf('h1', 'a', 'b', 10n),
      holdOf('h2', 'a', 'b', 10n),
      settleOf('s1', 'h1'),
      releaseOf('r2', 'h2'),
      releaseOf('r1', 'h1'),
      settleOf('s2', 'h2'),
      releaseOf('r3', 'h2'),
    );
    const refused = ['LEDGER_HOLD_ALREADY_SETTLED', 'LEDGER_HOLD_ALREADY_RELEASED', 'LEDGER_HOLD_ALREADY_RELEASED'];
    assert.deepEqual(outcomes.map(code), ['done', 'done', 'done', 'done', ...refused]);
  });

  test('a refused hold cannot be settled', () => {
    const ledger = given();
    assert.deepEqual(ledger.run(holdOf('h1', 'a', 'b', 500n), settleOf('s1', 'h1')).map(code), [
      'LEDGER_INSUFFICIENT_FUNDS',
      'LEDGER_NOT_A_HOLD',
    ]);
  });

  test('time runs out: no settlement, no early expiry, and a release that says expired', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 10n, ledger.now + 1_000));
    assert.deepEqual(ledger.run(releaseOf('e0', 'h1', 'expiry')).map(code), ['LEDGER_HOLD_NOT_EXPIRED']);
    ledger.now += 1_000;
    assert.deepEqual(ledger.run(settleOf('s1', 'h1'), releaseOf('e1', 'h1', 'expiry'), settleOf('s2', 'h1')).map(code), [
      'LEDGER_HOLD_EXPIRED',
      'done',
      'LEDGER_HOLD_EXPIRED',
    ]);
    assert.equal(ledger.balance('a').pendingDebits, 0n);
  });
});

describe('ids', () => {
  test('the same command again is answered as before, in the same batch or another', () => {
    const ledger = given();
    const command = transferOf('t1', 'a', 'b', 60n);
    const [first, second] = ledger.run(command, command);
    const [third] = ledger.run(command);
    assert.deepEqual(
      [second, third],
      [
        { ...first, duplicate: true },
        { ...first, duplicate: true },
      ],
    );
    assert.equal(ledger.balance('a').postedDebits, 60n);
  });

  test('a failed id stays failed, though it would pass now', () => {
    const ledger = given();
    ledger.run(transferOf('t1', 'b', 'a', 5n), transferOf('t2', 'a', 'b', 50n));
    const [again] = ledger.run(transferOf('t1', 'b', 'a', 5n));
    assert.deepEqual([code(again), again?.duplicate], ['LEDGER_INSUFFICIENT_FUNDS', true]);
  });

  test('other content under a used id is a conflict that names the field', () => {
    const ledger = given();
    ledger.run(transferOf('t1', 'a', 'b', 5n), holdOf('h1', 'a', 'b', 5n), settleOf('s1', 'h1', 3n), transferOf('bad', 'b', 'a', 9n));
    const conflicts: [Command, string][] = [
      [transferOf('t1', 'a', 'b', 6n), 'amountMinor'],
      [transferOf('t1', 'h', 'b', 5n), 'debitAccountId'],
      [transferOf('t1', 'a', 'h', 5n), 'creditAccountId'],
      [{ ...transferOf('t1', 'a', 'b', 5n), metadata: { note: 'x' } }, 'metadata'],
      [{ ...transferOf('t1', 'a', 'b', 5n), effectiveAt: 0 }, 'effectiveAt'],
      [holdOf('t1', 'a', 'b', 5n), 'kind'],
      [holdOf('h1', 'a', 'b', 5n, ledger.now + 1), 'expiresAt'],
      [settleOf('s1', 'h1'), 'amountMinor'],
      [settleOf('s1', 't1', 3n), 'holdId'],
      [transferOf('bad', 'b', 'a', 8n), 'amountMinor'],
    ];
    for (const [command, field] of conflicts) {
      const [outcome] = ledger.run(command);
      assert.equal(code(outcome), 'LEDGER_ID_CONFLICT');
      assert.equal(outcome?.outcome === 'rejected' && outcome.field, field);
    }
    assert.equal(ledger.seq, 4, 'nothing moved');
  });
});

describe('blocks', () => {
  test('all pass together, each seeing those before it', () => {
    const ledger = given();
    assert.deepEqual(ledger.block(transferOf('t1', 'a', 'b', 100n), transferOf('t2', 'b', 'h', 100n)).map(code), ['done', 'done']);
  });

  test('one refusal takes all back, and the ids stay failed', () => {
    const ledger = given();
    const block = [transferOf('t1', 'a', 'b', 60n), holdOf('h1', 'a', 'b', 60n), transferOf('t3', 'h', 'b', 1n)];
    const expected = ['LEDGER_CHAIN_FAILED', 'LEDGER_INSUFFICIENT_FUNDS', 'LEDGER_CHAIN_FAILED'];
    assert.deepEqual(ledger.block(...block).map(code), expected);
    assert.deepEqual(ledger.balance('a').postedDebits, 0n);
    assert.equal(ledger.seq, 1);
    const again = ledger.block(...block);
    assert.deepEqual(again.map(code), expected);
    assert.ok(again.every((outcome) => outcome.duplicate));
    assert.deepEqual(ledger.run(transferOf('after', 'a', 'b', 100n)).map(code), ['done'], 'the hold left nothing behind');
  });

  test('a block that can no longer be all or none says so, is answered none, and keeps nothing', () => {
    const ledger = given();
    const [t, refused] = [transferOf('t1', 'a', 'b', 10n), transferOf('x1', 'b', 'a', 99n)];
    ledger.run(t, refused);
    const fresh = transferOf('t2', 'a', 'b', 10n);
    const MIXED = 'LEDGER_BLOCK_MIXED';
    const cases: [string, Command[], string[], string][] = [
      ['one done before', [t, fresh], [MIXED, MIXED], 't1'],
      ['one refused before', [fresh, refused], [MIXED, 'LEDGER_INSUFFICIENT_FUNDS'], 'x1'],
      ['one done, one refused', [t, refused], [MIXED, 'LEDGER_INSUFFICIENT_FUNDS'], 'x1'],
      ['one done, one meaning something else', [t, { ...refused, amount: 98n }], [MIXED, 'LEDGER_ID_CONFLICT'], 'x1'],
      ['one new, one meaning something else', [fresh, { ...t, amount: 11n }], [MIXED, 'LEDGER_ID_CONFLICT'], 't1'],
      ['one twice', [fresh, fresh], [MIXED, MIXED], 't2'],
    ];
    for (const [name, commands, codes, culprit] of cases) {
      const outcomes = ledger.block(...commands);
      assert.deepEqual(outcomes.map(code), codes, name);
      const mixed = outcomes.find((one) => one.outcome === 'rejected' && one.code === MIXED) as Outcome & {
        detail: { pt: string; en: string };
      };
      for (const words of Object.values(mixed.detail)) assert.ok(words.includes(culprit), `${name}: ${words}`);
    }
    assert.equal(ledger.balance('a').postedDebits, 10n);
    assert.deepEqual(ledger.block(t, t).map(code), ['done', 'done'], 'all of it is done');
    assert.deepEqual(ledger.run(fresh).map(code), ['done'], 'its id is free');
  });
});
