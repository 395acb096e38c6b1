import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Count, cashOf, compare, countedOf, DENOMINATIONS, differing, namedTwice } from './count.ts';
import { NOTHING } from './movement.ts';

const count: Count = {
  cash: [
    { denominationMinor: 10_000, pieces: 1 },
    { denominationMinor: 5_000, pieces: 2 },
    { denominationMinor: 25, pieces: 3 },
    { denominationMinor: 5, pieces: 1 },
  ],
  slips: [{ method: 'credit-card', amountMinor: 9_000n, slips: 2 }],
};

test('cash is counted by denomination, coins with it', () => {
  assert.equal(cashOf(count.cash), 20_080n);
  assert.equal(cashOf([]), 0n);
  assert.equal(cashOf(DENOMINATIONS.map((denominationMinor) => ({ denominationMinor, pieces: 1 }))), 38_890n);
});

test('a method nobody counted is not zero', () => {
  assert.deepEqual(countedOf(count), { cash: 20_080n, pix: null, 'debit-card': null, 'credit-card': 9_000n, voucher: null });
  const lines = compare({ ...NOTHING, cash: 20_080n, pix: 500n }, countedOf(count));
  assert.deepEqual(
    lines.find(({ method }) => method === 'pix'),
    { method: 'pix', expectedMinor: 500n, countedMinor: null, differenceMinor: null },
  );
});

test('a surplus of cash does not make up for a shortage in card: two differences', () => {
  const lines = compare({ ...NOTHING, cash: 19_080n, 'credit-card': 10_000n }, countedOf(count));
  assert.deepEqual(
    differing(lines).map(({ method, differenceMinor }) => [method, differenceMinor]),
    [
      ['cash', 1_000n],
      ['credit-card', -1_000n],
    ],
  );
});

test('cash is compared also where none was expected and none lies there; other methods when something was', () => {
  assert.deepEqual(compare(NOTHING, countedOf({ cash: [], slips: [] })), [
    { method: 'cash', expectedMinor: 0n, countedMinor: 0n, differenceMinor: 0n },
  ]);
});

test('a denomination or a method named twice is found', () => {
  assert.equal(namedTwice(count), null);
  assert.equal(namedTwice({ ...count, cash: [...count.cash, { denominationMinor: 25, pieces: 0 }] }), '25');
  assert.equal(namedTwice({ ...count, slips: [...count.slips, { method: 'credit-card', amountMinor: 0n, slips: 0 }] }), 'credit-card');
});
