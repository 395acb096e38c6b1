import type { Books } from '#books';
import type { CashflowFace } from '#cashflow';
import type { CallContext } from '#platform/context.ts';
import type { PlatformDeps } from '#platform/module.ts';
import type { Titles } from '#titles';

export const MODULE = 'reports';

export type BooksPort = Pick<Books, 'getShop'>;
export type DaysPort = Pick<CashflowFace, 'sumPeriods'>;
export type TitlesPort = Pick<Titles, 'listExpected'>;
/** What card sales will bring, by the day on which it is paid. */
export type CardsPort = {
  listExpected(
    ctx: CallContext,
    input: { accountId: string; through: string },
  ): Promise<{ items: { ref: string; label: string; amountMinor: string; dueOn: string }[] }>;
};
export type Deps = Pick<PlatformDeps, 'db' | 'clock' | 'log'> & {
  books: BooksPort;
  cashflow: DaysPort;
  titles: TitlesPort | undefined;
  cards: CardsPort | undefined;
};
export type Shop = Awaited<ReturnType<BooksPort['getShop']>>;
