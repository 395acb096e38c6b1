/**
 * The managerial DRE by competência: gross revenue − deductions = net revenue; − costs = gross profit; − expenses and differences of drawers = EBITDA; ± financial = result. What moves
 * between a shop's own places is in no line, since it touches no category.
 */
export const DRE_GROUPS = ['revenue', 'deduction', 'cost', 'expense', 'difference', 'financial-income', 'financial-expense'] as const;
export type DreGroup = (typeof DRE_GROUPS)[number];
export const SUBTOTALS = ['net-revenue', 'gross-profit', 'ebitda', 'result'] as const;
export type Subtotal = (typeof SUBTOTALS)[number];

/** In the order in which they are read; a subtotal is all groups above it. */
const LAYOUT: readonly (DreGroup | Subtotal)[] = [
  'revenue',
  'deduction',
  'net-revenue',
  'cost',
  'gross-profit',
  'expense',
  'difference',
  'ebitda',
  'financial-income',
  'financial-expense',
  'result',
];
/** On the side on which these grow there is income: what grows the others makes the result less. */
const INCOME: readonly DreGroup[] = ['revenue', 'financial-income'];

/** What moved on a category's account in one column: `in` on the side on which it grows. */
export type Moved = { categoryId: string; group: DreGroup; inMinor: bigint; outMinor: bigint; column: number };
/** Amounts are what they add to the result: costs are negative. One for each column. */
export type DreRow = { categoryId: string; amounts: bigint[] };
export type DreLine =
  | { key: DreGroup; isSubtotal: false; amounts: bigint[]; categories: DreRow[] }
  | { key: Subtotal; isSubtotal: true; amounts: bigint[]; categories: [] };

export function dreOf(moved: readonly Moved[], columns: number): DreLine[] {
  const byGroup = Map.groupBy(moved, ({ group }) => group);
  const running = Array.from({ length: columns }, () => 0n);
  return LAYOUT.map((key): DreLine => {
    if (isSubtotal(key)) return { key, isSubtotal: true, amounts: [...running], categories: [] };
    const sign = INCOME.includes(key) ? 1n : -1n;
    const rows = [...Map.groupBy(byGroup.get(key) ?? [], ({ categoryId }) => categoryId)].map(([categoryId, own]): DreRow => {
      const amounts = Array.from({ length: columns }, () => 0n);
      for (const { column, inMinor, outMinor } of own) amounts[column]! += sign * (inMinor - outMinor);
      return { categoryId, amounts };
    });
    const amounts = sumRows(rows, columns);
    for (const [column, amount] of amounts.entries()) running[column]! += amount;
    return { key, isSubtotal: false, amounts, categories: rows };
  });
}

export function sumRows(rows: readonly { amounts: readonly bigint[] }[], columns: number): bigint[] {
  return Array.from({ length: columns }, (_, column) => rows.reduce((sum, { amounts }) => sum + amounts[column]!, 0n));
}

const isSubtotal = (key: DreGroup | Subtotal): key is Subtotal => (SUBTOTALS as readonly string[]).includes(key);
