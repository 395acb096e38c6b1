import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { changeOf, effectOf, expectedOf, findFault, type KINDS, METHODS, type Movement, NOTHING } from './movement.ts';

const cashSale = (amountMinor: bigint, paidMinor?: bigint): Movement => ({
  kind: 'sale',
  method: 'cash',
  amountMinor,
  ...(paidMinor === undefined ? {} : { paidMinor }),
});

test('a customer hands over 100 for a sale of 73.50: 26.50 go back, and 73.50 stay', () => {
  const sale = cashSale(7_350n, 10_000n);
  assert.equal(findFault(sale), null);
  assert.equal(changeOf(sale), 2_650n);
  assert.deepEqual(effectOf(sale), { cash: 7_350n });
  assert.equal(changeOf(cashSale(7_350n)), 0n);
  assert.equal(findFault(cashSale(7_350n, 7_350n)), null, 'paid to the centavo');
});

test('Pix Troco: a sale of 50 with 100 of change is a Pix of 150, and 100 leave the drawer', () => {
  const troco: Movement = { kind: 'pix-change', method: 'pix', amountMinor: 5_000n, handedOutMinor: 10_000n };
  assert.equal(findFault(troco), null);
  assert.deepEqual(effectOf(troco), { cash: -10_000n, pix: 15_000n });
});

test('a day at the drawer: float, sales, supply, withdrawal, refund, expense, Pix Saque', () => {
  const day: Movement[] = [
    cashSale(7_350n, 10_000n),
    { kind: 'sale', method: 'credit-card', amountMinor: 4_000n },
    { kind: 'supply', method: 'cash', amountMinor: 5_000n },
    { kind: 'withdrawal', method: 'cash', amountMinor: 10_000n },
    { kind: 'refund', method: 'cash', amountMinor: 1_000n },
    { kind: 'expense', method: 'cash', amountMinor: 1_250n },
    { kind: 'pix-withdrawal', method: 'pix', amountMinor: 2_000n },
  ];
  assert.deepEqual(
    day.map(findFault),
    day.map(() => null),
  );
  assert.deepEqual(expectedOf(20_000n, day), { ...NOTHING, cash: 18_100n, 'credit-card': 4_000n, pix: 2_000n });
});

test('what cannot be is named', () => {
  const faults: [Movement, ReturnType<typeof findFault>][] = [
    [cashSale(0n), 'not-above-zero'],
    [cashSale(-1n), 'not-above-zero'],
    [cashSale(100n, 99n), 'paid-too-little'],
    [{ kind: 'sale', method: 'pix', amountMinor: 1n, paidMinor: 1n }, 'paid-without-cash'],
    [{ kind: 'refund', method: 'cash', amountMinor: 1n, paidMinor: 1n }, 'paid-without-cash'],
    [{ kind: 'supply', method: 'pix', amountMinor: 1n }, 'method-of-kind'],
    [{ kind: 'pix-change', method: 'cash', amountMinor: 1n, handedOutMinor: 1n }, 'method-of-kind'],
    [{ kind: 'pix-change', method: 'pix', amountMinor: 1n }, 'nothing-handed-out'],
    [{ kind: 'pix-change', method: 'pix', amountMinor: 1n, handedOutMinor: 0n }, 'nothing-handed-out'],
    [{ kind: 'sale', method: 'pix', amountMinor: 1n, handedOutMinor: 1n }, 'handed-out-without-pix-change'],
  ];
  for (const [movement, fault] of faults)
    assert.equal(
      findFault(movement),
      fault,
      JSON.stringify(movement, (_, v) => (typeof v === 'bigint' ? `${v}` : v)),
    );
});

const amount = fc.bigInt({ min: 1n, max: 10n ** 12n });
const movement: fc.Arbitrary<Movement> = fc.oneof(
  fc.record({ kind: fc.constantFrom('sale' as const, 'refund' as const), method: fc.constantFrom(...METHODS), amountMinor: amount }),
  fc.record({
    kind: fc.constantFrom('supply' as const, 'withdrawal' as const, 'expense' as const),
    method: fc.constant('cash' as const),
    amountMinor: amount,
  }),
  fc.record({ kind: fc.constant('pix-withdrawal' as const), method: fc.constant('pix' as const), amountMinor: amount }),
  fc.record({ kind: fc.constant('pix-change' as const), method: fc.constant('pix' as const), amountMinor: amount, handedOutMinor: amount }),
);

test('expected cash is float + sales + supplies − withdrawals − refunds − expenses − handed out for Pix, whatever comes in whatever order', () => {
  fc.assert(
    fc.property(amount, fc.array(movement, { maxLength: 60 }), (floatMinor, movements) => {
      assert.deepEqual(
        movements.map(findFault),
        movements.map(() => null),
      );
      const sum = (...kinds: readonly string[]) =>
        movements.reduce(
          (total, one) =>
            kinds.includes(one.kind) && (one.method === 'cash' || one.kind === 'pix-withdrawal') ? total + one.amountMinor : total,
          0n,
        );
      const handedOut = movements.reduce((total, one) => total + (one.handedOutMinor ?? 0n), 0n);
      const formula =
        floatMinor + sum('sale') + sum('supply') - sum('withdrawal') - sum('refund') - sum('expense') - sum('pix-withdrawal') - handedOut;
      assert.equal(expectedOf(floatMinor, movements).cash, formula);
      assert.deepEqual(expectedOf(floatMinor, movements.toReversed()), expectedOf(floatMinor, movements));
    }),
  );
});

test('cash handed out for a Pix comes back as Pix: only the price of the sale is left', () => {
  fc.assert(
    fc.property(movement, (one) => {
      const total = Object.values(effectOf(one)).reduce((sum, value) => sum + value, 0n);
      const expected: Record<(typeof KINDS)[number], bigint> = {
        sale: one.amountMinor,
        refund: -one.amountMinor,
        supply: one.amountMinor,
        withdrawal: -one.amountMinor,
        expense: -one.amountMinor,
        'pix-change': one.amountMinor,
        'pix-withdrawal': 0n,
      };
      assert.equal(total, expected[one.kind]);
    }),
  );
});
