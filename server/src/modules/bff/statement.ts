import { businessDate, countDays } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Logger } from '#platform/log.ts';
import type { Day, Statement } from './contract.ts';
import type { CashflowPort, PaymentsPort } from './ports.ts';

type Query = Parameters<PaymentsPort['getStatement']>[1];
/** Cashflow tells so many days at once. A page that spans more goes without figures for its older days. */
const MOST_DAYS = 400;

/** The statement as its screen shows it, in one call: lines, and what each of their days opened and closed with. */
export function createStatement({ payments, cashflow, log }: { payments: PaymentsPort; cashflow: CashflowPort; log: Logger }) {
  return async (ctx: CallContext, query: Query): Promise<Statement> => {
    const { subjectId } = query;
    const [{ ledgerAccountId }, { lines, next }] = await Promise.all([
      payments.getAccount(ctx, { subjectId }),
      payments.getStatement(ctx, query),
    ]);
    const dates = new Set(lines.filter(({ balanceAfterMinor }) => balanceAfterMinor !== null).map(({ at }) => businessDate(at)));
    return { lines, next, days: ledgerAccountId ? await daysOf(ctx, ledgerAccountId, dates) : [] };
  };

  async function daysOf(ctx: CallContext, accountId: string, dates: ReadonlySet<string>): Promise<Day[]> {
    const sorted = [...dates].sort();
    const to = sorted.at(-1);
    if (to === undefined) return [];
    const from = sorted.find((date) => countDays(date, to) <= MOST_DAYS)!;
    try {
      const { days, pending } = await cashflow.getDays(ctx, { accountId, from, to });
      // Figures that lag behind the lines beside them would contradict them.
      return pending ? [] : days.filter(({ date }) => dates.has(date));
    } catch (error) {
      log.warn({ err: (error as Error).message }, 'the statement goes without the figures of its days');
      return [];
    }
  }
}

export type StatementReader = ReturnType<typeof createStatement>;
