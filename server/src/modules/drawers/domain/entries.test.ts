import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Booked, type BooksEntry, entriesOf } from './entries.ts';
import { type AnyKind, cashEffectOf, KINDS, METHODS, type Method } from './movement.ts';

const DRAWER = 'drawer-1';
const booked = (kind: AnyKind, over: Partial<Booked> = {}): Booked => ({
  id: 'm1',
  kind,
  method: 'cash',
  amountMinor: 5_000n,
  handedOutMinor: null,
  businessDate: '2026-03-10',
  note: null,
  place: 'safe',
  category: null,
  pixByItself: false,
  ...over,
});

/** By how much entries change what is in a place. */
function changeOf(place: string, entries: readonly BooksEntry[]): bigint {
  return entries.reduce((sum, entry) => {
    const amount =
      entry.amountMinor === undefined
        ? (entry.lines ?? []).reduce((all, line) => all + BigInt(line.amountMinor), 0n)
        : BigInt(entry.amountMinor);
    const into = entry.kind === 'in' || entry.kind === 'opening' ? entry.place : entry.toPlace;
    const from = entry.kind === 'out' || entry.kind === 'transfer' ? entry.place : undefined;
    return sum + (into === place ? amount : 0n) - (from === place ? amount : 0n);
  }, 0n);
}

test('Pix Troco in the books: 150 where the Pix arrives, 100 less in the drawer, 50 of income', () => {
  const entries = entriesOf(DRAWER, booked('pix-change', { method: 'pix', handedOutMinor: 10_000n, place: 'bank' }));
  assert.deepEqual([changeOf('bank', entries), changeOf(DRAWER, entries)], [15_000n, -10_000n]);
  assert.deepEqual(
    entries.flatMap(({ lines = [] }) => lines),
    [{ category: 'sales', amountMinor: '5000' }],
  );
});

test('a Pix that the books hear of by themselves is not told twice; what was handed out for it is no income', () => {
  const of = (kind: AnyKind, handedOutMinor: bigint | null = null) =>
    entriesOf(DRAWER, booked(kind, { method: 'pix', handedOutMinor, pixByItself: true }));
  assert.deepEqual([of('sale'), of('refund')], [[], []]);
  for (const entries of [of('pix-change', 5_000n), of('pix-withdrawal')])
    assert.deepEqual(
      entries.map(({ kind, lines, place }) => [kind, lines, place]),
      [['out', [{ category: 'sales', amountMinor: '5000' }], DRAWER]],
    );
});

test('a sangria is a transfer, and no expense; a sale by card is owed, and in no place', () => {
  assert.deepEqual(
    entriesOf(DRAWER, booked('withdrawal')).map(({ kind, place, toPlace, lines }) => ({ kind, place, toPlace, lines })),
    [{ kind: 'transfer', place: DRAWER, toPlace: 'safe', lines: undefined }],
  );
  const [sale] = entriesOf(DRAWER, booked('sale', { method: 'credit-card' }));
  assert.deepEqual([sale!.owed, sale!.place], ['cards', undefined]);
});

test('an expense nobody has sorted goes to what is to be sorted, with its words', () => {
  const [entry] = entriesOf(DRAWER, booked('expense', { note: 'Gelo' }));
  assert.deepEqual([entry!.amountMinor, entry!.lines, entry!.text], ['5000', undefined, 'Gelo']);
});

test('the same movement makes the same entries, with the same ids, each another', () => {
  const once = entriesOf(DRAWER, booked('pix-change', { method: 'pix', handedOutMinor: 1n }));
  assert.deepEqual(entriesOf(DRAWER, booked('pix-change', { method: 'pix', handedOutMinor: 1n })), once);
  assert.equal(new Set(once.map(({ id }) => id)).size, 2);
});

test('whatever happens at a drawer, its entries change the place by what the drawer changed', () => {
  const kind: fc.Arbitrary<[AnyKind, Method]> = fc.oneof(
    fc.tuple(fc.constantFrom<AnyKind>('sale', 'refund'), fc.constantFrom(...METHODS)),
    fc.tuple(fc.constantFrom<AnyKind>('supply', 'withdrawal', 'expense', 'float', 'surplus', 'shortage'), fc.constant<Method>('cash')),
    fc.tuple(fc.constantFrom<AnyKind>('pix-change', 'pix-withdrawal'), fc.constant<Method>('pix')),
  );
  const amount = fc.bigInt({ min: 1n, max: 10n ** 12n });
  const seen = new Set<string>();
  fc.assert(
    fc.property(kind, amount, amount, fc.boolean(), ([kindOf, method], amountMinor, handedOut, pixByItself) => {
      seen.add(kindOf);
      const movement = booked(kindOf, { method, amountMinor, handedOutMinor: kindOf === 'pix-change' ? handedOut : null, pixByItself });
      assert.equal(changeOf(DRAWER, entriesOf(DRAWER, movement)), cashEffectOf(movement));
    }),
    { numRuns: 400 },
  );
  assert.ok(KINDS.every((one) => seen.has(one)));
});
