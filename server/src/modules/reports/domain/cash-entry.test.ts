import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CashEntry, cashOf, changeOf, type Effect, effectsOf, evolve, type Told, UNKNOWN } from './cash-entry.ts';

const line = (about: string, amountMinor: bigint) => ({ about, amountMinor });
const recorded = (lines = [line('sales', 100n)], direction: 'in' | 'out' = 'in'): Told => ({
  type: 'recorded',
  direction,
  date: '2026-03-31',
  lines,
});
const after = (...told: Told[]): CashEntry => told.reduce(evolve, UNKNOWN);
const sums = (effects: readonly Effect[]) =>
  Object.fromEntries(
    [...Map.groupBy(effects, ({ date, about }) => `${date} ${about}`)].map(([id, own]) => [
      id,
      [
        own.reduce((sum, { inMinor }) => sum + inMinor, 0n),
        own.reduce((sum, { outMinor }) => sum + outMinor, 0n),
        own.reduce((sum, { count }) => sum + count, 0),
      ],
    ]),
  );

test('of what the books record, only what moves between a place and the world is cash', () => {
  const entry = {
    kind: 'in',
    amountMinor: '5',
    lines: [{ categoryId: 'c', amountMinor: '5' }],
    placeId: 'p',
    owed: null,
    toPlaceId: null,
    toOwed: null,
    date: '2026-03-02',
  };
  assert.deepEqual(cashOf(entry), { type: 'recorded', direction: 'in', date: '2026-03-02', lines: [line('c', 5n)] });
  assert.equal(cashOf({ ...entry, placeId: null, owed: 'cards' }), undefined, 'sold by card: nothing has come yet');
  const transfer = { ...entry, kind: 'transfer', lines: [] };
  assert.equal(cashOf({ ...transfer, toPlaceId: 'q' }), undefined, 'from the drawer to the bank is neither income nor expense');
  assert.deepEqual(cashOf({ ...transfer, toOwed: 'payable' })!.lines, [line('owed:payable', 5n)]);
  assert.equal(cashOf({ ...transfer, toOwed: 'payable' })!.direction, 'out');
  assert.equal(cashOf({ ...transfer, placeId: null, owed: 'cards', toPlaceId: 'q' })!.direction, 'in');
  assert.equal(cashOf({ ...entry, kind: 'opening', lines: [] }), undefined);
});

test('taken back on its own day it moved to and fro', () => {
  assert.deepEqual(sums(effectsOf(after(recorded(), { type: 'reversed', version: 2 }))), { '2026-03-31 sales': [100n, 100n, 0] });
});

test('what the ledger refuses is undone: the entry, its reversal, its other categories', () => {
  assert.deepEqual(effectsOf(after(recorded(), { type: 'refused', version: 1 })), []);
  const sorted: Told = { type: 'recategorised', version: 2, lines: [line('services', 100n)] };
  assert.deepEqual(sums(effectsOf(after(recorded(), sorted))), { '2026-03-31 services': [100n, 0n, 1] });
  assert.deepEqual(sums(effectsOf(after(recorded(), sorted, { type: 'refused', version: 2 }))), { '2026-03-31 sales': [100n, 0n, 1] });
  const back: Told = { type: 'reversed', version: 2 };
  assert.deepEqual(sums(effectsOf(after(recorded(), back, { type: 'refused', version: 2 }))), { '2026-03-31 sales': [100n, 0n, 1] });
});

test('a payment of a title stands under what the title is for, whichever room tells first', () => {
  const paid = recorded([line('owed:payable', 102n)], 'out');
  const settled: Told = { type: 'settled', lines: [line('goods', 100n), line('interest', 2n)] };
  const expected = { '2026-03-31 goods': [0n, 100n, 1], '2026-03-31 interest': [0n, 2n, 1] };
  assert.deepEqual(sums(effectsOf(after(paid, settled))), expected);
  assert.deepEqual(sums(effectsOf(after(settled, paid))), expected);
});

test('however what is told is cut into runs, the days are the same, and an entry taken back leaves nothing on balance', () => {
  const lines = fc.array(fc.record({ about: fc.constantFrom('a', 'b', 'c'), amountMinor: fc.bigInt({ min: 1n, max: 10n ** 12n }) }), {
    minLength: 1,
    maxLength: 4,
  });
  const story = fc.tuple(lines, lines, lines, fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(story, fc.nat(), ([first, second, breakdown, isSettled, settledFirst], cut) => {
      const settled: Told[] = isSettled ? [{ type: 'settled', lines: breakdown }] : [];
      const told: Told[] = [
        ...(settledFirst ? settled : []),
        recorded(first),
        { type: 'recategorised', version: 2, lines: second },
        ...(settledFirst ? [] : settled),
        { type: 'reversed', version: 3 },
      ];
      const at = cut % told.length;
      const middle = after(...told.slice(0, at));
      const end = told.slice(at).reduce(evolve, middle);
      const inTwo = [...changeOf(UNKNOWN, middle), ...changeOf(middle, end)];
      const nonZero = (effects: readonly Effect[]) =>
        Object.fromEntries(Object.entries(sums(effects)).filter(([, values]) => values.some((value) => BigInt(value) !== 0n)));
      assert.deepEqual(nonZero(inTwo), nonZero(effectsOf(end)));
      const net = effectsOf(end).reduce((sum, { inMinor, outMinor }) => sum + inMinor - outMinor, 0n);
      assert.equal(net, 0n);
    }),
  );
});
