import { addDays } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import { parseDate } from '#platform/dates.ts';
import { AppError } from '#platform/errors.ts';
import type { Forecast, Supposed } from './contract.ts';
import type { Deps } from './deps.ts';
import { type Extra, forecast, type Item, type Placed, sayTight, supposed } from './domain/forecast.ts';
import { refuseReports } from './errors.ts';

type Source = 'titles' | 'cards';

/** What the next days will bring: what places have, what is open, what cards will pay, what repeats; and what if. */
export function createForecasting({ books, cashflow, titles, cards, log }: Pick<Deps, 'books' | 'cashflow' | 'titles' | 'cards' | 'log'>) {
  return {
    async getForecast(ctx: CallContext, { accountId, supposed: asked }: { accountId: string; supposed: Supposed }): Promise<Forecast> {
      const { days, reserveMinor = '0', extra = [], delays = [] } = asked;
      if (!extra.every(({ dueOn }) => parseDate(dueOn))) throw refuseReports('REPORTS_RANGE_INVALID');
      const { places, today } = await books.getShop(ctx, { accountId });
      const through = addDays(today, days - 1);
      const without: Source[] = [];
      const [now, ofTitles, ofCards] = await Promise.all([
        cashflow.sumPeriods(ctx, { accountIds: places.map(({ id }) => id), from: today, to: today, by: 'day' }),
        asking('titles', titles, without, async (face) => (await face.listExpected(ctx, { accountId, through })).items.map(itemOf)),
        asking('cards', cards, without, async (face) => (await face.listExpected(ctx, { accountId, through })).items.map(cardOf)),
      ]);
      const openingMinor =
        now.openings.reduce((sum, one) => sum + BigInt(one.openingMinor), 0n) +
        now.sums.reduce((sum, one) => sum + BigInt(one.inMinor) - BigInt(one.outMinor), 0n);
      const lines = extra.map((one): Extra => ({ ...one, label: one.label ?? null, amountMinor: BigInt(one.amountMinor) }));
      const items = supposed([...ofTitles, ...ofCards], { extra: lines, delays }, today);
      const found = forecast({ today, days, openingMinor, reserveMinor: BigInt(reserveMinor), items });
      return {
        ...{ today, reserveMinor, without, pending: now.pending, lagMs: now.lagMs },
        openingMinor: openingMinor.toString(),
        days: found.days.map(({ date, ...amounts }) => ({
          date,
          openingMinor: amounts.openingMinor.toString(),
          inMinor: amounts.inMinor.toString(),
          outMinor: amounts.outMinor.toString(),
          closingMinor: amounts.closingMinor.toString(),
        })),
        items: found.items.map(showItem),
        overdue: {
          inMinor: found.overdue.inMinor.toString(),
          outMinor: found.overdue.outMinor.toString(),
          count: found.overdue.items.length,
        },
        tight: found.tight && { date: found.tight.date, closingMinor: found.tight.closingMinor.toString(), words: sayTight(found.tight) },
        lowest: { date: found.lowest.date, closingMinor: found.lowest.closingMinor.toString() },
      };
    },
  };

  /** What a room that is away would have said is not in the forecast, and the forecast says so. What refuses, refuses. */
  async function asking<F>(name: Source, face: F | undefined, without: Source[], ask: (face: F) => Promise<Item[]>): Promise<Item[]> {
    if (!face) {
      without.push(name);
      return [];
    }
    try {
      return await ask(face);
    } catch (error) {
      if (error instanceof AppError && error.status < 500) throw error;
      log.warn({ err: (error as Error).message, room: name }, 'a forecast goes without');
      without.push(name);
      return [];
    }
  }
}

type Told = {
  kind: 'title' | 'recurrence';
  ref: string;
  label: string;
  direction: 'in' | 'out';
  amountMinor: string;
  dueOn: string;
  overdue: boolean;
};
const itemOf = ({ kind, ref, label, direction, amountMinor, dueOn, overdue }: Told): Item => ({
  ...{ kind, ref, label, direction, dueOn, overdue },
  amountMinor: BigInt(amountMinor),
});
const cardOf = ({ ref, label, amountMinor, dueOn }: { ref: string; label: string; amountMinor: string; dueOn: string }): Item => ({
  ...{ kind: 'card', direction: 'in', overdue: false },
  ...{ ref, label, dueOn },
  amountMinor: BigInt(amountMinor),
});
const showItem = ({ amountMinor, ...item }: Placed) => ({ ...item, amountMinor: amountMinor.toString() });
