import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  account,
  accountOf,
  closeOf,
  holdOf,
  MemoryLedger,
  releaseOf,
  reverseOf,
  settleOf,
  transferOf,
} from '../test-support/memory-ledger.ts';
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

describe('balancing', () => {
  test('moves what the limit leaves, open holds and overdraft counted, and says how much', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 30n), accountOf('l', 'a', null, 5n));
    const [outcome] = ledger.run(transferOf('t', 'a', 'b', 1_000n, { balancing: 'debit' }));
    assert.equal(amount(outcome), 75n);
    assert.deepEqual([last(ledger).amount, last(ledger).requested], [75n, 1_000n]);
    assert.equal(code(ledger.run(transferOf('t2', 'a', 'b', 1n, { balancing: 'debit' }))[0]), 'LEDGER_NOTHING_TO_MOVE');
  });

  test('no more than was asked for, and then nothing else is kept', () => {
    const ledger = given();
    assert.equal(amount(ledger.run(transferOf('t', 'a', 'b', 40n, { balancing: 'debit' }))[0]), 40n);
    assert.equal(last(ledger).requested, null);
  });

  test('to the credit side, and to the lower of both; accounts without a limit go to zero', () => {
    const ledger = given();
    assert.equal(amount(ledger.run(transferOf('t1', 'a', 'h', 1_000n, { balancing: 'both' }))[0]), 100n, 'a has 100, h lacks 100');
    assert.equal(code(ledger.run(transferOf('t2', 'b', 'h', 1n, { balancing: 'credit' }))[0]), 'LEDGER_NOTHING_TO_MOVE');
    ledger.run(transferOf('t3', 'h', 'b', 60n));
    assert.equal(amount(ledger.run(holdOf('h1', 'b', 'h', 1_000n, null, { balancing: 'credit' }))[0]), 60n);
  });

  test('a limit on the other side still refuses', () => {
    const ledger = given();
    assert.equal(code(ledger.run(transferOf('t', 'b', 'h', 50n, { balancing: 'credit' }))[0]), 'LEDGER_INSUFFICIENT_FUNDS');
  });

  test('is the same command by what was asked for, not by what was moved', () => {
    const ledger = given();
    assertIdempotent(ledger, transferOf('t', 'a', 'b', 150n, { balancing: 'debit' }), [
      [transferOf('t', 'a', 'b', 100n, { balancing: 'debit' }), 'amountMinor'],
      [transferOf('t', 'a', 'b', 150n), 'balancing'],
      [transferOf('t', 'a', 'b', 150n, { balancing: 'both' }), 'balancing'],
    ]);
  });
});

describe('reversals', () => {
  test('in parts up to all of it, and no further', () => {
    const ledger = given();
    ledger.run(transferOf('t', 'a', 'b', 60n));
    const outcomes = ledger.run(reverseOf('r1', 't', 20n), reverseOf('r2', 't', 41n), reverseOf('r3', 't'), reverseOf('r4', 't'));
    assert.deepEqual(outcomes.map(code), ['done', 'LEDGER_REVERSE_EXCEEDS', 'done', 'LEDGER_REVERSE_EXCEEDS']);
    assert.deepEqual([amount(outcomes[0]), amount(outcomes[2])], [20n, 40n]);
    assert.deepEqual(ledger.balance('a'), { postedDebits: 60n, postedCredits: 160n, pendingDebits: 0n, pendingCredits: 0n });
    const { kind, reverses, debitAccountId, requested } = last(ledger);
    assert.deepEqual([kind, reverses, debitAccountId, requested], ['reverse', 't', 'b', 60n]);
  });

  test('of a settlement, also in the batch that made it', () => {
    const ledger = given();
    const outcomes = ledger.run(holdOf('h1', 'a', 'b', 50n), settleOf('s1', 'h1', 30n), reverseOf('r1', 's1'), reverseOf('r2', 's1'));
    assert.deepEqual(outcomes.map(code), ['done', 'done', 'done', 'LEDGER_REVERSE_EXCEEDS']);
  });

  test('of nothing else', () => {
    const ledger = given();
    ledger.run(transferOf('t', 'a', 'b', 10n), holdOf('h1', 'a', 'b', 10n), reverseOf('r', 't', 1n), accountOf('x', 'a', 'open'));
    ledger.run(releaseOf('f', 'h1'), transferOf('bad', 'b', 'a', 999n));
    const ids = ['h1', 'f', 'r', 'x', 'bad', 'nothing'];
    const refused = ['LEDGER_NOT_REVERSIBLE', 'LEDGER_TRANSFER_UNKNOWN'];
    assert.deepEqual(
      ledger.run(...ids.map((id) => reverseOf(`r-${id}`, id))).map(code),
      [0, 0, 0, 0, 1, 1].map((i) => refused[i]),
    );
  });

  test('what was credited must still be there', () => {
    const ledger = given();
    ledger.run(transferOf('t', 'a', 'b', 60n), transferOf('gone', 'b', 'h', 30n));
    assert.deepEqual(ledger.run(reverseOf('r1', 't'), reverseOf('r2', 't', 30n)).map(code), ['LEDGER_INSUFFICIENT_FUNDS', 'done']);
    assert.equal(code(ledger.run(reverseOf('r3', 't', 0n))[0]), 'LEDGER_AMOUNT_ZERO');
  });

  test('are the same again by what was asked for', () => {
    const ledger = given();
    ledger.run(transferOf('t', 'a', 'b', 60n), reverseOf('r0', 't', 10n));
    assertIdempotent(ledger, reverseOf('r1', 't'), [
      [reverseOf('r1', 't', 50n), undefined],
      [reverseOf('r1', 't', 60n), 'amountMinor'],
      [reverseOf('r1', 'seed'), 'transferId'],
    ]);
    ledger.run(transferOf('t2', 'a', 'b', 10n));
    assertIdempotent(ledger, reverseOf('r2', 't2', 4n), [[reverseOf('r2', 't2'), 'amountMinor']]);
  });

  test('a block that fails takes its reversals back', () => {
    const ledger = given();
    ledger.run(transferOf('t', 'a', 'b', 60n));
    assert.deepEqual(ledger.block(reverseOf('r1', 't'), transferOf('x', 'b', 'a', 1n)).map(code), [
      'LEDGER_CHAIN_FAILED',
      'LEDGER_INSUFFICIENT_FUNDS',
    ]);
    assert.deepEqual(ledger.run(reverseOf('r2', 't')).map(code), ['done']);
  });
});

describe('accounts', () => {
  test('frozen: nothing new goes out, what comes in or was held before passes', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 10n), transferOf('t', 'a', 'b', 20n), transferOf('t0', 'h', 'b', 1n), accountOf('f', 'a', 'frozen'));
    const commands = [transferOf('x1', 'a', 'b', 1n), holdOf('x2', 'a', 'b', 1n), reverseOf('x3', 'seed'), transferOf('x4', 'h', 'a', 5n)];
    assert.deepEqual(ledger.run(...commands, reverseOf('x5', 't', 1n), settleOf('x6', 'h1')).map(code), [
      ...Array(3).fill('LEDGER_ACCOUNT_FROZEN'),
      ...Array(3).fill('done'),
    ]);
    assert.deepEqual(ledger.run(accountOf('o', 'a', 'open'), transferOf('x7', 'a', 'b', 1n)).map(code), ['done', 'done']);
  });

  test('frozen on the debit side of the world: credits are what goes out', () => {
    const ledger = given();
    ledger.run(accountOf('f', 'h', 'frozen'));
    assert.deepEqual(ledger.run(transferOf('x1', 'a', 'h', 1n), transferOf('x2', 'h', 'a', 1n)).map(code), [
      'LEDGER_ACCOUNT_FROZEN',
      'done',
    ]);
  });

  test('closing needs nothing left; a block sweeps and closes; closed refuses everything, and may be reopened', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 10n));
    assert.equal(code(ledger.run(accountOf('c1', 'a', 'closed'))[0]), 'LEDGER_ACCOUNT_NOT_EMPTY');
    const sweep = transferOf('s', 'a', 'h', 10n ** 30n, { balancing: 'debit' });
    assert.deepEqual(ledger.block({ ...sweep, id: 's0' }, accountOf('c2', 'a', 'closed')).map(code), [
      'LEDGER_CHAIN_FAILED',
      'LEDGER_ACCOUNT_NOT_EMPTY',
    ]);
    assert.deepEqual(ledger.block(releaseOf('r', 'h1'), sweep, accountOf('c3', 'a', 'closed')).map(code), ['done', 'done', 'done']);
    const commands = [transferOf('x1', 'h', 'a', 1n), transferOf('x2', 'a', 'h', 1n), reverseOf('x3', 's')];
    assert.deepEqual(ledger.run(...commands).map(code), Array(3).fill('LEDGER_ACCOUNT_CLOSED'));
    assert.deepEqual(ledger.run(accountOf('o', 'a', 'open'), transferOf('x4', 'h', 'a', 1n)).map(code), ['done', 'done']);
    assert.equal(code(ledger.run(accountOf('c4', 'nobody', 'closed'))[0]), 'LEDGER_ACCOUNT_UNKNOWN');
  });

  test('a lower limit refuses further debits and nothing else', () => {
    const ledger = given();
    const steps = [accountOf('l1', 'b', null, 50n), transferOf('t1', 'b', 'h', 40n), accountOf('l2', 'b', null, 10n)];
    assert.deepEqual(ledger.run(...steps, transferOf('t2', 'b', 'h', 1n), transferOf('t3', 'h', 'b', 5n)).map(code), [
      ...Array(3).fill('done'),
      'LEDGER_INSUFFICIENT_FUNDS',
      'done',
    ]);
    assert.equal(code(ledger.run(accountOf('l3', 'b', null, 10n ** 38n))[0]), 'LEDGER_AMOUNT_TOO_LARGE');
  });

  test('the same again, and other content', () => {
    assertIdempotent(given(), accountOf('f', 'a', 'frozen'), [
      [accountOf('f', 'b', 'frozen'), 'accountId'],
      [accountOf('f', 'a', 'open'), 'state'],
      [accountOf('f', 'a', 'frozen', 0n), 'overdraftLimitMinor'],
      [accountOf('f', 'a', 'frozen', null, 'other'), 'reason'],
      [transferOf('f', 'a', 'b', 1n), 'kind'],
    ]);
  });
});

describe('periods', () => {
  // Midnight in São Paulo is three in the morning, UTC; the ledger stands at noon of 2026-01-05.
  const [lastOfDay, firstAfter] = [Date.parse('2026-01-05T02:59:59.999Z'), Date.parse('2026-01-05T03:00:00Z')];

  test('nothing is dated into a closed period, by the business date', () => {
    const ledger = given();
    const dated = (id: string, effectiveAt: number) => transferOf(id, 'h', 'a', 1n, { effectiveAt });
    assert.deepEqual(
      ledger.run(dated('t1', lastOfDay), closeOf('c', '2026-01-04'), dated('t2', lastOfDay), dated('t3', firstAfter)).map(code),
      ['done', 'done', 'LEDGER_PERIOD_CLOSED', 'done'],
    );
    assert.deepEqual(ledger.run(transferOf('t4', 'h', 'a', 1n), { ...reverseOf('r', 't1'), effectiveAt: lastOfDay }).map(code), [
      'done',
      'LEDGER_PERIOD_CLOSED',
    ]);
  });

  test('only days that are over, and never back', () => {
    const ledger = given();
    const dates = ['2026-01-05', '2026-01-06', '2026-01-03', '2026-01-03', '2026-01-02', '2026-01-04'];
    const [open, past] = ['LEDGER_PERIOD_NOT_OVER', 'LEDGER_PERIOD_ALREADY_CLOSED'];
    assert.deepEqual(ledger.run(...dates.map((date, i) => closeOf(`c${i}`, date))).map(code), [open, open, 'done', past, past, 'done']);
    assertIdempotent(ledger, closeOf('c2', '2026-01-03'), [[closeOf('c2', '2026-01-02'), 'until']]);
    assert.deepEqual(ledger.block(closeOf('c8', '2026-01-05'), transferOf('x', 'b', 'a', 1n)).map(code), [open, 'LEDGER_CHAIN_FAILED']);
  });

  test('a block that fails leaves the period as it was', () => {
    const ledger = given();
    assert.deepEqual(ledger.block(closeOf('c1', '2026-01-04'), transferOf('x', 'b', 'a', 1n)).map(code), [
      'LEDGER_CHAIN_FAILED',
      'LEDGER_INSUFFICIENT_FUNDS',
    ]);
    assert.equal(ledger.closedUntil, null);
    assert.deepEqual(ledger.run(closeOf('c2', '2026-01-04')).map(code), ['done']);
  });
});

describe('holds of a court and of MED', () => {
  const order = (id: string, purpose: 'judicial' | 'med', extra: object = {}) =>
    holdOf(id, 'a', 'h', 1_000n, null, { purpose, reference: `case-${id}`, balancing: 'debit', ...extra });

  test('take what is there, and end only by who names the case', () => {
    const ledger = given();
    assert.equal(amount(ledger.run(order('j', 'judicial'))[0]), 100n);
    const wrong = [settleOf('s1', 'j'), releaseOf('r1', 'j'), settleOf('s2', 'j', null, 'case-x'), releaseOf('r2', 'j', 'user', 'case-x')];
    assert.deepEqual(ledger.run(...wrong).map(code), Array(4).fill('LEDGER_HOLD_REFERENCE_MISMATCH'));
    assert.deepEqual(ledger.run(settleOf('s3', 'j', 40n, 'case-j')).map(code), ['done']);
    assert.deepEqual([last(ledger).purpose, last(ledger).reference], ['judicial', 'case-j']);
    ledger.run(order('m', 'med'));
    assert.deepEqual(ledger.run(releaseOf('r3', 'm', 'user', 'case-m')).map(code), ['done']);
  });

  test('one for a payment answers to no case', () => {
    const ledger = given();
    ledger.run(holdOf('p', 'a', 'h', 10n));
    assert.deepEqual(ledger.run(settleOf('s1', 'p', null, 'case'), settleOf('s2', 'p')).map(code), [
      'LEDGER_HOLD_REFERENCE_MISMATCH',
      'done',
    ]);
  });

  test('the same again, and other content', () => {
    const ledger = given();
    assertIdempotent(ledger, order('j', 'judicial'), [
      [order('j', 'med'), 'purpose'],
      [order('j', 'judicial', { reference: 'other' }), 'reference'],
    ]);
    assertIdempotent(ledger, releaseOf('r', 'j', 'user', 'case-j'), [[releaseOf('r', 'j'), 'reference']]);
  });
});

describe('places and dates', () => {
  test('a block of two or more is one transaction, named after its first command; directives take part', () => {
    const ledger = given();
    ledger.block(transferOf('t1', 'a', 'b', 1n), accountOf('f', 'b', 'frozen'), transferOf('t2', 'a', 'b', 1n));
    ledger.block(transferOf('t3', 'a', 'b', 1n));
    assert.deepEqual(
      ledger.records.map(({ id, seq, blockId }) => [id, seq, blockId]),
      [
        ['seed', 1, null],
        ['t1', 2, 't1'],
        ['f', 3, 't1'],
        ['t2', 4, 't1'],
        ['t3', 5, null],
      ],
    );
  });

  test('what follows a movement cannot take effect before it', () => {
    const ledger = given();
    ledger.run(holdOf('h1', 'a', 'b', 10n), transferOf('t', 'a', 'b', 10n));
    const early = (command: Command) => ({ ...command, effectiveAt: ledger.now - 1 }) as Command;
    assert.deepEqual(
      ledger.run(early(settleOf('s', 'h1')), early(releaseOf('f', 'h1')), early(reverseOf('r', 't'))).map(code),
      Array(3).fill('LEDGER_EFFECTIVE_BEFORE_ORIGINAL'),
    );
    assert.deepEqual(
      ledger.entries.map((entry) => entry.effectiveAt),
      ledger.entries.map(() => null),
    );
    ledger.run(transferOf('back', 'a', 'b', 1n, { effectiveAt: ledger.now - 5 }));
    assert.equal(ledger.entries.at(-1)?.effectiveAt, ledger.now - 5);
  });
});

describe('the owner of a hold', () => {
  const by = (who: string | null) => ({ by: who });
  const hold = (id: string, who: string | null, expiresAt: number | null = null) => holdOf(id, 'a', 'h', 10n, expiresAt, by(who));

  test('alone settles and releases it', () => {
    const ledger = given();
    ledger.run(hold('x', 'system:payments'), hold('y', 'system:payments'));
    const others = [
      { ...settleOf('s1', 'x'), ...by('service:demo') },
      { ...settleOf('s2', 'x', 4n, null, true), ...by('service:demo') },
      { ...releaseOf('r1', 'y'), ...by('service:demo') },
      { ...releaseOf('r2', 'y'), ...by(null) },
      // It has no end, so nothing expires it.
      { ...releaseOf('r3', 'y', 'expiry'), ...by('system:ledger') },
    ];
    assert.deepEqual(ledger.run(...others).map(code), [...Array(4).fill('LEDGER_HOLD_OF_ANOTHER'), 'LEDGER_HOLD_NOT_EXPIRED']);
    const own = [
      { ...settleOf('s4', 'x'), ...by('system:payments') },
      { ...releaseOf('r4', 'y'), ...by('system:payments') },
    ];
    assert.deepEqual(ledger.run(...own).map(code), ['done', 'done']);
    assert.deepEqual(
      ledger.transfers.filter(({ kind }) => kind === 'hold').map(({ placedBy }) => placedBy),
      ['system:payments', 'system:payments'],
    );
    assert.equal(last(ledger).placedBy, null, 'said of holds alone');
  });

  test('is nobody, for what was placed before owners were kept, and the case, for what a court or MED ordered', () => {
    const ledger = given();
    ledger.run(hold('old', null), holdOf('court', 'a', 'h', 10n, null, { purpose: 'judicial', reference: 'case-1', by: 'service:one' }));
    const others = [
      { ...settleOf('s1', 'old'), ...by('service:demo') },
      { ...releaseOf('r1', 'court', 'user', 'case-1'), ...by('service:two') },
    ];
    assert.deepEqual(ledger.run(...others).map(code), ['done', 'done']);
  });
});
