import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '#platform/clock.ts';
import { forecast, type Item, sayTight, supposed } from './forecast.ts';

const TODAY = '2026-12-01';
const item = (direction: 'in' | 'out', amountMinor: bigint, dueOn: string, more: Partial<Item> = {}): Item => ({
  kind: 'title',
  ref: `${direction} ${dueOn}`,
  label: null,
  direction,
  amountMinor,
  dueOn,
  overdue: false,
  ...more,
});
const ask = (items: Item[], days = 30, openingMinor = 100_000n, reserveMinor = 0n) =>
  forecast({ today: TODAY, days, openingMinor, reserveMinor, items });

test('the days chain, and the first that closes below zero is said in words', () => {
  const { days, tight, lowest } = ask([
    item('out', 225_000n, '2026-12-12'),
    item('in', 50_000n, '2026-12-12', { kind: 'card' }),
    item('out', 30_000n, '2026-12-11', { kind: 'recurrence' }),
    item('out', 20_000n, '2026-12-10'),
    item('in', 900_000n, '2026-12-20'),
  ]);
  assert.equal(days.length, 30);
  assert.equal(days.at(-1)!.date, '2026-12-30');
  assert.deepEqual(tight, { date: '2026-12-12', closingMinor: -125_000n });
  assert.deepEqual(lowest, tight);
  assert.deepEqual(sayTight(tight!), { pt: 'Caixa apertado em 12 dez: −R$\u00a01.250,00', en: 'Cash tight on 12 Dec: −R$\u00a01,250.00' });
  for (const [index, day] of days.entries()) {
    if (index > 0) assert.equal(day.openingMinor, days[index - 1]!.closingMinor);
    assert.equal(day.closingMinor, day.openingMinor + day.inMinor - day.outMinor);
  }
});

test('what is overdue is said apart and stands today, never in the past', () => {
  const late = [item('out', 700n, '2026-11-27', { overdue: true }), item('in', 300n, '2025-12-31', { overdue: true })];
  const { overdue, items, days } = ask([...late, item('in', 5n, TODAY)]);
  assert.deepEqual([overdue.inMinor, overdue.outMinor, overdue.items.length], [300n, 700n, 2]);
  assert.ok(items.every(({ on }) => on >= TODAY));
  assert.deepEqual([days[0]!.inMinor, days[0]!.outMinor], [305n, 700n]);
});

test('what fell due on a weekend is expected today, and is late only if it is said to be', () => {
  const sunday = forecast({ today: '2026-11-29', days: 5, openingMinor: 0n, reserveMinor: 0n, items: [item('out', 700n, '2026-11-28')] });
  assert.deepEqual([sunday.items[0]!.on, sunday.overdue.outMinor, sunday.days[0]!.outMinor], ['2026-11-29', 0n, 700n]);
});

test('over the end of a year and a leap day', () => {
  const { days } = forecast({ today: '2027-12-31', days: 61, openingMinor: 0n, reserveMinor: 0n, items: [item('in', 9n, '2028-02-29')] });
  assert.deepEqual([days[1]!.date, days.at(-1)!.date, days.at(-1)!.inMinor], ['2028-01-01', '2028-02-29', 9n]);
});

test('a reserve makes it tight before there is nothing left', () => {
  const items = [item('out', 60_000n, '2026-12-05'), item('out', 60_000n, '2026-12-07')];
  assert.equal(ask(items).tight!.date, '2026-12-07');
  assert.equal(ask(items, 30, 100_000n, 50_000n).tight!.date, '2026-12-05');
  assert.equal(ask([], 30).tight, null);
});

test('what if: extra lines and titles that are paid later', () => {
  const items = [
    item('out', 100n, '2026-12-05', { ref: 'a' }),
    item('out', 200n, '2026-11-05', { ref: 'b' }),
    item('out', 300n, '2026-12-05'),
  ];
  const extra = [{ label: 'forno novo', direction: 'out' as const, amountMinor: 9n, dueOn: '2026-12-02' }];
  const moved = supposed(
    items,
    {
      extra,
      delays: [
        { ref: 'a', days: 10 },
        { ref: 'b', days: 5 },
      ],
    },
    TODAY,
  );
  assert.deepEqual(
    moved.map(({ dueOn, kind }) => [dueOn, kind]),
    [
      ['2026-12-15', 'title'],
      ['2026-12-06', 'title'],
      ['2026-12-05', 'title'],
      ['2026-12-02', 'extra'],
    ],
  );
});

test('whatever is expected, the last closing is the opening and all items within', () => {
  const items = fc.array(
    fc.record({
      kind: fc.constantFrom('title' as const, 'card' as const, 'recurrence' as const, 'extra' as const),
      ref: fc.constant(null),
      label: fc.constant(null),
      direction: fc.constantFrom('in' as const, 'out' as const),
      amountMinor: fc.bigInt({ min: 1n, max: 10n ** 9n }),
      dueOn: fc.integer({ min: -400, max: 120 }).map((days) => addDays(TODAY, days)),
      overdue: fc.boolean(),
    }),
  );
  fc.assert(
    fc.property(items, fc.constantFrom(30, 60, 90), (some, count) => {
      const found = ask(some, count);
      const last = addDays(TODAY, count - 1);
      const net = some
        .filter(({ dueOn }) => dueOn <= last)
        .reduce((sum, one) => sum + (one.direction === 'in' ? one.amountMinor : -one.amountMinor), 0n);
      assert.equal(found.days.at(-1)!.closingMinor, 100_000n + net);
      assert.ok(found.days.every(({ closingMinor }) => closingMinor >= found.lowest.closingMinor));
    }),
  );
});
