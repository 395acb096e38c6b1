import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arbitraryHistory, cut } from '../test-support/arbitrary-commands.ts';
import { account, MemoryLedger } from '../test-support/memory-ledger.ts';
import { available } from './balance.ts';

const NAMES = ['h', 'a', 'b', 'c'];
const IDS = Array.from({ length: 60 }, (_, i) => `id${i}`);

function fresh(): MemoryLedger {
  return new MemoryLedger([
    account('h', { normalSide: 'debit' }),
    account('a', { debitsMustNotExceedCredits: true }),
    account('b', { debitsMustNotExceedCredits: true, overdraftLimit: 25n }),
    account('c', { normalSide: 'debit', creditsMustNotExceedDebits: true }),
  ]);
}

/** Codes with which the rules refuse a command by itself. */
const LEDGER_RULES = [
  ...[
    'ID_CONFLICT',
    'SAME_ACCOUNT',
    'AMOUNT_ZERO',
    'INSUFFICIENT_FUNDS',
    'CREDIT_LIMIT_EXCEEDED',
    'NOTHING_TO_MOVE',
    'EFFECTIVE_IN_FUTURE',
  ],
  ...['HOLD_UNKNOWN', 'NOT_A_HOLD', 'HOLD_ALREADY_SETTLED', 'HOLD_ALREADY_RELEASED', 'HOLD_NOT_EXPIRED', 'HOLD_REFERENCE_MISMATCH'],
  ...[
    'SETTLE_EXCEEDS_HOLD',
    'TRANSFER_UNKNOWN',
    'NOT_REVERSIBLE',
    'REVERSE_EXCEEDS',
    'ACCOUNT_FROZEN',
    'ACCOUNT_CLOSED',
    'ACCOUNT_NOT_EMPTY',
  ],
  ...['PERIOD_CLOSED', 'PERIOD_ALREADY_CLOSED', 'PERIOD_NOT_OVER'],
];
const commands = arbitraryHistory({ ids: IDS, accounts: NAMES, house: 'h', nowMs: fresh().now });

/** The largest limit the account ever had: below a limit that was lowered it may well be. */
function widestLimit(ledger: MemoryLedger, accountId: string): bigint {
  const limits = ledger.records.map((record) => ('until' in record && record.accountId === accountId ? (record.overdraftLimit ?? 0n) : 0n));
  return [fresh().accounts.get(accountId)!.account.overdraftLimit, ...limits].reduce((a, b) => (a > b ? a : b));
}

function assertSound(ledger: MemoryLedger): void {
  const sum = { pd: 0n, pc: 0n, hd: 0n, hc: 0n };
  for (const state of ledger.accounts.values()) {
    const { balance, account: config } = state;
    sum.pd += balance.postedDebits;
    sum.pc += balance.postedCredits;
    sum.hd += balance.pendingDebits;
    sum.hc += balance.pendingCredits;
    const limited = config.debitsMustNotExceedCredits || config.creditsMustNotExceedDebits;
    if (limited) assert.ok(available(config, balance) >= -widestLimit(ledger, config.id), `${config.id} is below its limit`);
    if (state.standing === 'closed')
      assert.deepEqual([available(config, balance), balance.pendingDebits, balance.pendingCredits], [0n, 0n, 0n]);
  }
  assert.deepEqual([sum.pd, sum.hd], [sum.pc, sum.hc], 'debits equal credits');
  const open = [...ledger.holds.values()].reduce((total, hold) => total + (hold.state === 'open' ? hold.hold.amount : 0n), 0n);
  assert.equal(open, sum.hd, 'what is pending is what is held');
  assert.deepEqual(
    ledger.records.map((record) => record.seq),
    ledger.records.map((_, i) => i + 1),
    'no gaps',
  );
  const reversed = new Map<string, bigint>();
  for (const { reverses, amount } of ledger.transfers) if (reverses) reversed.set(reverses, (reversed.get(reverses) ?? 0n) + amount);
  for (const [original, sum] of reversed)
    assert.ok(sum <= ledger.transfers.find(({ id }) => id === original)!.amount, 'more taken back than moved');
}

const balances = (ledger: MemoryLedger) => [...ledger.accounts].map(([key, state]) => [key, state.balance]);

test('whatever is asked, the books balance and nobody goes below a limit', () => {
  fc.assert(
    fc.property(commands, (history) => {
      const ledger = fresh();
      for (const piece of cut(history)) {
        ledger.now += 1_000;
        ledger.runGroups([piece]);
        assertSound(ledger);
      }
    }),
    { numRuns: 300 },
  );
});

test('sending everything again, in whatever order, changes nothing', () => {
  fc.assert(
    fc.property(commands, fc.array(fc.nat(), { maxLength: 80 }), (list, picks) => {
      const ledger = fresh();
      const firsts = ledger.run(...list);
      const before = balances(ledger);
      for (const pick of picks) {
        if (list.length === 0) break;
        const index = pick % list.length;
        const [again] = ledger.run(list[index]!);
        const first = firsts[index]!;
        assert.ok(again && again.outcome === first.outcome);
        if (first.outcome === 'done') assert.deepEqual(again, { ...first, duplicate: true });
      }
      assert.deepEqual(balances(ledger), before);
    }),
    { numRuns: 300 },
  );
});

test('one batch or one command at a time: the same answers, the same books', () => {
  fc.assert(
    fc.property(commands, (list) => {
      const together = fresh();
      const single = fresh();
      assert.deepEqual(
        together.run(...list),
        list.flatMap((one) => single.run(one)),
      );
      assert.deepEqual(balances(together), balances(single));
      assert.deepEqual(together.entries, single.entries);
    }),
    { numRuns: 300 },
  );
});

test('the histories that are tried have everything in them', () => {
  const seen = new Set<string>();
  for (const history of fc.sample(commands, { seed: 1, numRuns: 300 })) {
    const ledger = fresh();
    for (const outcome of ledger.run(...history)) if (outcome.outcome === 'rejected') seen.add(outcome.code);
    for (const { kind } of ledger.records) seen.add(kind);
  }
  const kinds = ['transfer', 'hold', 'settle', 'release', 'reverse', 'account', 'close-period'];
  const codes = LEDGER_RULES.map((code) => `LEDGER_${code}`);
  assert.deepEqual(
    [...kinds, ...codes].filter((one) => !seen.has(one)),
    [],
  );
});
