import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
import { available } from './balance.ts';
import type { Command } from './model.ts';

const NAMES = ['h', 'a', 'b', 'c'];
const IDS = Array.from({ length: 12 }, (_, i) => `id${i}`);

function fresh(): MemoryLedger {
  return new MemoryLedger([
    account('h', { normalSide: 'debit' }),
    account('a', { debitsMustNotExceedCredits: true }),
    account('b', { debitsMustNotExceedCredits: true, overdraftLimit: 25n }),
    account('c', { normalSide: 'debit', creditsMustNotExceedDebits: true }),
  ]);
}

const name = fc.constantFrom(...NAMES);
const id = fc.constantFrom(...IDS);
const reference = fc.constantFrom('case-1', 'case-2');
const amount = fc.bigInt({ min: 0n, max: 60n });
/** Few ids and names, so that repetitions, conflicts and settlements of each other's holds are common. */
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(id, name, name, amount).map((args) => transferOf(...args)),
  fc.tuple(id, fc.constant('h'), name, amount).map((args) => transferOf(...args)),
  fc
    .tuple(id, name, name, amount, fc.option(fc.integer({ min: 1, max: 3 })))
    .map(([a, b, c, d, ticks]) => holdOf(a, b, c, d, ticks && START + ticks * 1_000)),
  fc
    .tuple(id, name, name, amount, fc.constantFrom('debit', 'credit', 'both'))
    .map(([a, b, c, d, balancing]) => transferOf(a, b, c, d, { balancing })),
  fc.tuple(id, fc.constant('h'), name, amount, fc.integer({ min: -2, max: 2 })).map(([a, b, c, d, days]) => {
    return transferOf(a, b, c, d, { effectiveAt: START + days * 86_400_000 });
  }),
  fc.tuple(id, name, name, amount, fc.constantFrom('judicial', 'med'), reference).map(([a, b, c, d, purpose, reference]) => {
    return holdOf(a, b, c, d, null, { purpose, reference, balancing: 'debit' });
  }),
  fc.tuple(id, id, fc.option(amount), fc.option(reference, { freq: 3 })).map((args) => settleOf(...args)),
  fc.tuple(id, id, fc.constantFrom('user', 'expiry'), fc.option(reference, { freq: 3 })).map((args) => releaseOf(...args)),
  fc.tuple(id, id, fc.option(amount)).map((args) => reverseOf(...args)),
  fc
    .tuple(id, name, fc.constantFrom('open', 'frozen', 'closed', null), fc.option(fc.bigInt({ min: 25n, max: 80n })))
    .map((args) => accountOf(...args)),
  fc.tuple(id, fc.constantFrom('2026-01-03', '2026-01-04', '2026-01-05')).map((args) => closeOf(...args)),
);
const START = fresh().now;
const commands = fc.array(command, { maxLength: 60 });

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
    fc.property(fc.array(fc.tuple(commands, fc.boolean()), { maxLength: 6 }), (groups) => {
      const ledger = fresh();
      for (const [block, atomic] of groups) {
        ledger.now += 1_000;
        ledger.runGroups([{ commands: block, atomic }]);
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
