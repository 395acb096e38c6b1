import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { account, holdOf, MemoryLedger, releaseOf, settleOf, transferOf } from '../test-support/memory-ledger.ts';
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
const amount = fc.bigInt({ min: 0n, max: 60n });
/** Few ids and names, so that repetitions, conflicts and settlements of each other's holds are common. */
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(id, name, name, amount).map((args) => transferOf(...args)),
  fc.tuple(id, fc.constant('h'), name, amount).map((args) => transferOf(...args)),
  fc
    .tuple(id, name, name, amount, fc.option(fc.integer({ min: 1, max: 3 })))
    .map(([a, b, c, d, ticks]) => holdOf(a, b, c, d, ticks && START + ticks * 1_000)),
  fc.tuple(id, id, fc.option(amount)).map((args) => settleOf(...args)),
  fc.tuple(id, id, fc.constantFrom('user', 'expiry')).map((args) => releaseOf(...args)),
);
const START = fresh().now;
const commands = fc.array(command, { maxLength: 60 });

function assertSound(ledger: MemoryLedger): void {
  const sum = { pd: 0n, pc: 0n, hd: 0n, hc: 0n };
  for (const state of ledger.accounts.values()) {
    const { balance, account: config } = state;
    sum.pd += balance.postedDebits;
    sum.pc += balance.postedCredits;
    sum.hd += balance.pendingDebits;
    sum.hc += balance.pendingCredits;
    const limited = config.debitsMustNotExceedCredits || config.creditsMustNotExceedDebits;
    if (limited) assert.ok(available(config, balance) >= -config.overdraftLimit, `${config.id} is below its limit`);
  }
  assert.deepEqual([sum.pd, sum.hd], [sum.pc, sum.hc], 'debits equal credits');
  const open = [...ledger.holds.values()].reduce((total, hold) => total + (hold.state === 'open' ? hold.hold.amount : 0n), 0n);
  assert.equal(open, sum.hd, 'what is pending is what is held');
  assert.deepEqual(
    ledger.transfers.map((transfer) => transfer.seq),
    ledger.transfers.map((_, i) => i + 1),
    'no gaps',
  );
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
