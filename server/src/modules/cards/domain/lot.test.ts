import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Due, matchLot, suggestLot } from './lot.ts';

const due = (id: string, netMinor: bigint, over: Partial<Due> = {}): Due => ({
  id,
  acquirer: 'stone',
  brand: 'visa',
  method: 'credit-card',
  dueDate: '2026-03-10',
  netMinor,
  ...over,
});

test('a deposit is for many receivables, less what the acquirer took: the rest is shown', () => {
  const receivables = [due('a', 9_701n), due('b', 3_200n), due('chargeback', -1_000n)];
  assert.deepEqual(matchLot(11_901n - 5_990n, receivables, [5_990n]), {
    receivablesMinor: 11_901n,
    adjustmentsMinor: 5_990n,
    remainderMinor: 0n,
  });
  assert.equal(matchLot(12_000n, receivables, []).remainderMinor, 99n);
  assert.equal(matchLot(11_000n, receivables, []).remainderMinor, -901n);
});

test('all of the day is suggested when it fits, with what was overdue when that fits, and single units when these do', () => {
  const waiting = [
    due('a', 100n),
    due('b', 50n, { brand: 'elo' }),
    due('old', 7n, { dueDate: '2026-03-09' }),
    due('later', 1n, { dueDate: '2026-03-11' }),
  ];
  const of = (deposit: bigint) => suggestLot(deposit, '2026-03-10', waiting);
  assert.deepEqual(of(150n), { receivableIds: ['a', 'b'], remainderMinor: 0n, why: 'whole-day' });
  assert.deepEqual(of(157n), { receivableIds: ['a', 'b', 'old'], remainderMinor: 0n, why: 'whole-day' });
  assert.deepEqual(of(57n), { receivableIds: ['b', 'old'], remainderMinor: 0n, why: 'units' });
  assert.deepEqual(
    of(151n),
    { receivableIds: ['a', 'b'], remainderMinor: 1n, why: 'closest' },
    'what is due tomorrow explains nothing today',
  );
});

test('two sales of one unit are not told apart to make a sum fit', () => {
  assert.deepEqual(suggestLot(60n, '2026-03-10', [due('a', 60n), due('b', 40n)]), {
    receivableIds: ['a', 'b'],
    remainderMinor: -40n,
    why: 'closest',
  });
});

test('of fourteen units with a thousand receivables each those are found whose sum is the deposit, also where they are the last that are tried', () => {
  const waiting = Array.from({ length: 14_000 }, (_, at) => due(`r${at}`, BigInt(1 << (at % 14)), { brand: `b${at % 14}` }));
  const late = due('old', 1n, { dueDate: '2026-03-09', brand: 'b0' });
  // All but the first brand of the day: 1,000 × (2¹⁴ − 2).
  const found = suggestLot(1_000n * 16_382n, '2026-03-10', waiting);
  assert.deepEqual([found.why, found.receivableIds.length, found.remainderMinor], ['units', 13_000, 0n]);
  const none = suggestLot(3n, '2026-03-10', [...waiting.slice(14), late]);
  assert.deepEqual([none.why, none.receivableIds.length], ['closest', 13_986]);
});
