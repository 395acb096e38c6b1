import type { CallContext } from '#platform/context.ts';
import { parseDate } from '#platform/dates.ts';
import type { CashFlow, MonthView } from './contract.ts';
import { type Deps, MODULE, type Shop } from './deps.ts';
import { effectsOf } from './domain/cash-entry.ts';
import { sumRows } from './domain/dre.ts';
import { addMonths, type Column, columnsOf } from './domain/periods.ts';
import { refuseReports } from './errors.ts';
import { type AskedRange, rangesOf, showAmounts } from './ranges.ts';
import { listCashEntries, sumCash, sumCashDays } from './store/cash.ts';

type Asked = AskedRange & { accountId: string };
type Row = { about: string; amounts: bigint[] };
type Flow = { rows: Row[]; opening: bigint[]; closing: bigint[]; other: bigint[]; pending: boolean; lagMs: number };

/** What stands under receipts by its kind, whichever way it went; the rest are payments. */
const INCOME: readonly string[] = ['revenue', 'financial-income', 'owed:cards', 'owed:receivable'];
const OTHER = 'other';

/** The cash flow by payment: what it was for from our own days, what places had from the ledger's. They agree; where they do not yet, `other` says by how much. */
export function createCashFlow({ db, books, cashflow }: Pick<Deps, 'db' | 'books' | 'cashflow'>) {
  const scopeOf = ({ tenantId }: CallContext) => ({ module: MODULE, tenants: [tenantId], single: true, read: true }) as const;

  async function flowOf(ctx: CallContext, accountId: string, { places }: Shop, columns: readonly Column[]): Promise<Flow> {
    const { from, to } = { from: columns[0]!.from, to: columns.at(-1)!.to };
    const [cash, { sums, openings, pending, lagMs }] = await Promise.all([
      db.tx(scopeOf(ctx), (tx) => sumCash(tx, ctx.tenantId, accountId, from, to)),
      cashflow.sumPeriods(ctx, { accountIds: places.map(({ id }) => id), from, to, by: 'month' }),
    ]);
    const columnOf = new Map(columns.map(({ month }, index) => [month, index]));
    const rows = [...Map.groupBy(cash, ({ about }) => about)].map(([about, own]): Row => {
      const amounts = columns.map(() => 0n);
      for (const { month, inMinor, outMinor } of own) amounts[columnOf.get(month)!]! += inMinor - outMinor;
      return { about, amounts };
    });
    const net = columns.map(() => 0n);
    for (const { period, inMinor, outMinor } of sums) net[columnOf.get(period)!]! += BigInt(inMinor) - BigInt(outMinor);
    let balance = openings.reduce((total, { openingMinor }) => total + BigInt(openingMinor), 0n);
    const opening: bigint[] = [];
    const closing = net.map((moved) => {
      opening.push(balance);
      balance += moved;
      return balance;
    });
    const explained = sumRows(rows, columns.length);
    return { rows, opening, closing, other: net.map((moved, index) => moved - explained[index]!), pending, lagMs };
  }

  async function getCashFlow(ctx: CallContext, asked: Asked): Promise<CashFlow> {
    const { accountId } = asked;
    const shop = await books.getShop(ctx, { accountId });
    const { columns, compared } = rangesOf(asked, shop.today);
    const [own, before] = await Promise.all([
      flowOf(ctx, accountId, shop, columns),
      compared.length > 0 ? flowOf(ctx, accountId, shop, compared) : undefined,
    ]);
    const categories = new Map(shop.categories.map((category) => [category.id, category]));
    const isIncome = (about: string): boolean => INCOME.includes(categories.get(about)?.group ?? about);
    const none = columns.map(() => 0n);
    const section = (income: boolean) => {
      const mine = (flow: Flow | undefined): Row[] => (flow?.rows ?? []).filter(({ about }) => isIncome(about) === income);
      const abouts = [...new Set([...mine(own), ...mine(before)].map(({ about }) => about))];
      const amountsOf = (flow: Flow | undefined, about: string) => flow?.rows.find((row) => row.about === about)?.amounts;
      const rows = abouts.map((about) => ({
        about,
        name: categories.get(about)?.name ?? null,
        ...showAmounts(amountsOf(own, about) ?? none, before && (amountsOf(before, about) ?? [0n])),
        filter: filterOf([about]),
      }));
      const total = showAmounts(sumRows(mine(own), columns.length), before && sumRows(mine(before), compared.length));
      return { ...total, filter: filterOf(abouts), rows };
    };
    return {
      columns,
      comparedColumns: compared,
      openingMinor: own.opening.map(String),
      closingMinor: own.closing.map(String),
      in: section(true),
      out: section(false),
      other: { about: OTHER, name: null, ...showAmounts(own.other, before?.other), filter: filterOf([]) },
      pending: own.pending || (before?.pending ?? false),
      lagMs: Math.max(own.lagMs, before?.lagMs ?? 0),
    };
  }

  async function getMonth(ctx: CallContext, asked: { accountId: string; month?: string | undefined }): Promise<MonthView> {
    const { accountId } = asked;
    const { places, today } = await books.getShop(ctx, { accountId });
    const month = asked.month ?? today.slice(0, 7);
    const { columns } = rangesOf({ from: month, to: month }, today);
    const earlier = addMonths(month, -1);
    const [before] = columnsOf(earlier, earlier);
    const { from, to } = columns[0]!;
    const scope = { module: MODULE, tenants: [ctx.tenantId], read: true } as const;
    const [[cash, cashBefore], { sums, openings, pending, lagMs }] = await Promise.all([
      db.tx(scope, (tx) =>
        Promise.all([
          sumCashDays(tx, ctx.tenantId, accountId, from, to),
          sumCashDays(tx, ctx.tenantId, accountId, before!.from, before!.to),
        ]),
      ),
      cashflow.sumPeriods(ctx, { accountIds: places.map(({ id }) => id), from, to, by: 'day' }),
    ]);
    const opening = openings.reduce((total, { openingMinor }) => total + BigInt(openingMinor), 0n);
    let balance = opening;
    const netOf = Map.groupBy(sums, ({ period }) => period);
    const cashOf = new Map(cash.map((day) => [day.date, day]));
    const dates = [...new Set([...netOf.keys(), ...cashOf.keys()])].sort();
    const days = dates.map((date) => {
      for (const { inMinor, outMinor } of netOf.get(date) ?? []) balance += BigInt(inMinor) - BigInt(outMinor);
      const { inMinor = 0n, outMinor = 0n } = cashOf.get(date) ?? {};
      return { date, inMinor: `${inMinor}`, outMinor: `${outMinor}`, closingMinor: `${balance}` };
    });
    const total = (of: readonly { inMinor: bigint; outMinor: bigint }[], key: 'inMinor' | 'outMinor') =>
      of.reduce((sum, day) => sum + day[key], 0n).toString();
    return {
      ...{ month, days, pending, lagMs },
      openingMinor: opening.toString(),
      inMinor: total(cash, 'inMinor'),
      outMinor: total(cash, 'outMinor'),
      closingMinor: balance.toString(),
      before: { month: earlier, inMinor: total(cashBefore, 'inMinor'), outMinor: total(cashBefore, 'outMinor') },
    };
  }

  async function listPaid(
    ctx: CallContext,
    asked: { accountId: string; about?: string | undefined; from: string; to: string; cursor?: string | undefined },
  ) {
    const { accountId, about, from, to, cursor = NIL } = asked;
    if (!parseDate(from) || !parseDate(to)) throw refuseReports('REPORTS_RANGE_INVALID');
    // Who may see the shop, the books say.
    await books.getShop(ctx, { accountId });
    const page = { from, to, after: cursor, limit: PAGE + 1 };
    const found = await db.tx(scopeOf(ctx), (tx) => listCashEntries(tx, ctx.tenantId, accountId, page));
    const entries = found.slice(0, PAGE).flatMap(({ id, state }) =>
      effectsOf(state)
        .filter((effect) => (about === undefined || effect.about === about) && effect.date >= from && effect.date <= to)
        .map(({ date, inMinor, outMinor }) => ({ entryId: id, date, amountMinor: (inMinor - outMinor).toString() })),
    );
    return { entries, nextCursor: found.length > PAGE ? found[PAGE - 1]!.id : null };
  }

  return { getCashFlow, getMonth, listPaid };
}

/** Entries looked at for one page: of a day of a busy shop, all. */
const PAGE = 1_000;
const NIL = '00000000-0000-0000-0000-000000000000';

const OWED = 'owed:';
/** Entries that a row is made of, by the day on which they were paid. */
function filterOf(abouts: readonly string[]) {
  const owed = abouts.find((about) => about.startsWith(OWED));
  return {
    basis: 'payment' as const,
    categoryIds: abouts.filter((about) => !about.startsWith(OWED)),
    owed: abouts.length === 1 && owed !== undefined ? owed.slice(OWED.length) : null,
  };
}
