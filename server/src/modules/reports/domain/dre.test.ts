import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DRE_GROUPS, dreOf, type Moved } from './dre.ts';
import { addMonths, columnsOf, comparedWith } from './periods.ts';

const moved = (group: Moved['group'], inMinor: bigint, outMinor = 0n, column = 0): Moved => ({
  categoryId: group,
  group,
  inMinor,
  outMinor,
  column,
});
const amountsOf = (lines: ReturnType<typeof dreOf>) => Object.fromEntries(lines.map(({ key, amounts }) => [key, amounts]));

test('the lines in their order, from gross revenue to the result', () => {
  const lines = dreOf(
    [
      moved('revenue', 100_000n, 1_000n),
      moved('deduction', 6_000n),
      moved('cost', 30_000n),
      moved('expense', 40_000n),
      moved('difference', 200n, 50n),
      moved('financial-income', 300n),
      moved('financial-expense', 4_000n),
    ],
    1,
  );
  assert.deepEqual(
    lines.map(({ key, amounts }) => [key, amounts[0]]),
    [
      ['revenue', 99_000n],
      ['deduction', -6_000n],
      ['net-revenue', 93_000n],
      ['cost', -30_000n],
      ['gross-profit', 63_000n],
      ['expense', -40_000n],
      ['difference', -150n],
      ['ebitda', 22_850n],
      ['financial-income', 300n],
      ['financial-expense', -4_000n],
      ['result', 19_150n],
    ],
  );
});

test('the result is all that moved, column by column, whatever moved', () => {
  const some = fc.record({
    categoryId: fc.constantFrom('a', 'b', 'c', 'd'),
    group: fc.constantFrom(...DRE_GROUPS),
    inMinor: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    outMinor: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    column: fc.nat(2),
  });
  fc.assert(
    fc.property(fc.array(some), (all) => {
      const lines = dreOf(all, 3);
      for (const column of [0, 1, 2]) {
        const total = all
          .filter((one) => one.column === column)
          .reduce(
            (sum, { group, inMinor, outMinor }) =>
              sum + (['revenue', 'financial-income'].includes(group) ? inMinor - outMinor : outMinor - inMinor),
            0n,
          );
        assert.equal(amountsOf(lines).result![column], total);
        for (const { amounts, categories, isSubtotal } of lines)
          if (!isSubtotal)
            assert.equal(
              categories.reduce((sum, row) => sum + row.amounts[column]!, 0n),
              amounts[column],
            );
      }
    }),
  );
});

test('months have their days, over the end of a year and a leap day; and what they are compared with', () => {
  assert.deepEqual(columnsOf('2027-12', '2028-02'), [
    { month: '2027-12', from: '2027-12-01', to: '2027-12-31' },
    { month: '2028-01', from: '2028-01-01', to: '2028-01-31' },
    { month: '2028-02', from: '2028-02-01', to: '2028-02-29' },
  ]);
  const months = (columns: { month: string }[]) => columns.map(({ month }) => month);
  assert.deepEqual(months(comparedWith(columnsOf('2026-01', '2026-02'), 'previous')), ['2025-11', '2025-12']);
  assert.deepEqual(months(comparedWith(columnsOf('2026-01', '2026-02'), 'year-before')), ['2025-01', '2025-02']);
  assert.deepEqual(columnsOf('2026-02', '2026-01'), []);
  assert.equal(addMonths('2026-12', 1), '2027-01');
  assert.equal(addMonths('2026-01', -13), '2024-12');
});
