import type { CallContext } from '#platform/context.ts';
import type { Dre } from './contract.ts';
import type { Deps, Shop } from './deps.ts';
import { type DreLine, dreOf, type Moved } from './domain/dre.ts';
import type { Column } from './domain/periods.ts';
import { type AskedRange, rangesOf, showAmounts } from './ranges.ts';

type Asked = AskedRange & { accountId: string };
type Summed = { lines: DreLine[]; pending: boolean; lagMs: number };

/** DRE by competência: from the days of the categories' accounts in the ledger, however many entries stand behind them. */
export function createDre({ books, cashflow }: Pick<Deps, 'books' | 'cashflow'>) {
  async function lineUp(ctx: CallContext, { categories }: Shop, columns: readonly Column[]): Promise<Summed> {
    const [first, last] = [columns[0]!, columns.at(-1)!];
    const groupOf = new Map(categories.map(({ id, group }) => [id, group]));
    const { sums, pending, lagMs } = await cashflow.sumPeriods(ctx, {
      accountIds: [...groupOf.keys()],
      from: first.from,
      to: last.to,
      by: 'month',
    });
    const columnOf = new Map(columns.map(({ month }, index) => [month, index]));
    const moved = sums.map(
      ({ accountId, period, inMinor, outMinor }): Moved => ({
        categoryId: accountId,
        group: groupOf.get(accountId)!,
        inMinor: BigInt(inMinor),
        outMinor: BigInt(outMinor),
        column: columnOf.get(period)!,
      }),
    );
    return { lines: dreOf(moved, columns.length), pending, lagMs };
  }

  return {
    async getDre(ctx: CallContext, asked: Asked): Promise<Dre> {
      const shop = await books.getShop(ctx, { accountId: asked.accountId });
      const { columns, compared } = rangesOf(asked, shop.today);
      const [own, other] = await Promise.all([lineUp(ctx, shop, columns), compared.length > 0 ? lineUp(ctx, shop, compared) : undefined]);
      const nameOf = new Map(shop.categories.map(({ id, name }) => [id, name]));
      const filterOf = (categoryIds: string[]) => ({ basis: 'competence' as const, categoryIds, owed: null });
      const none = columns.map(() => 0n);
      return {
        columns,
        comparedColumns: compared,
        lines: own.lines.map(({ key, isSubtotal, amounts, categories }, index) => {
          const before = other?.lines[index];
          // A category that moved in either range is shown.
          const ids = [...new Set([...categories, ...(before?.categories ?? [])].map(({ categoryId }) => categoryId))];
          const rows = ids.map((categoryId) => {
            const row = categories.find((one) => one.categoryId === categoryId);
            const old = other && (before!.categories.find((one) => one.categoryId === categoryId)?.amounts ?? [0n]);
            return { categoryId, name: nameOf.get(categoryId)!, ...showAmounts(row?.amounts ?? none, old), filter: filterOf([categoryId]) };
          });
          return { key, isSubtotal, ...showAmounts(amounts, before?.amounts), filter: filterOf(ids), categories: rows };
        }),
        pending: own.pending || (other?.pending ?? false),
        lagMs: Math.max(own.lagMs, other?.lagMs ?? 0),
      };
    },
  };
}
