import { addDays, businessDate, type Clock } from '#platform/clock.ts';
import type { CallContext } from '#platform/context.ts';
import type { Logger } from '#platform/log.ts';
import type { Home } from './contract.ts';
import { HOME_DAYS, HOME_LINES, NO_PROJECTION, type Projection, splitDays, todayOf } from './domain/home.ts';
import type { CashflowPort, PaymentsPort } from './ports.ts';

type Deps = { payments: PaymentsPort; cashflow: CashflowPort; clock: Clock; log: Logger };

/** Everything the first screen shows, gathered at once. */
export function createHome({ payments, cashflow, clock, log }: Deps) {
  /** The daily balance is a projection: when it is away the screen says so, and the money still shows. */
  async function project(ctx: CallContext, accountId: string | null, date: string, dayCount = HOME_DAYS): Promise<Projection> {
    if (!accountId) return NO_PROJECTION;
    const from = addDays(date, 1 - dayCount);
    return cashflow.getDays(ctx, { accountId, from, to: date }).catch((error: Error) => {
      log.warn({ err: error.message }, 'the home screen goes without the daily balance');
      return NO_PROJECTION;
    });
  }

  return {
    async read(ctx: CallContext, subjectId: string): Promise<Home> {
      const date = businessDate(clock.now());
      const account = payments.getAccount(ctx, { subjectId });
      const [{ status, branch, number, pixKey }, balance, statement, projection] = await Promise.all([
        account,
        payments.getBalance(ctx, { subjectId }),
        payments.getStatement(ctx, { subjectId, limit: HOME_LINES }),
        account.then(({ ledgerAccountId }) => project(ctx, ledgerAccountId, date, 2 * HOME_DAYS)),
      ]);
      const { days, before } = splitDays(projection.days, addDays(date, 1 - HOME_DAYS));
      return {
        account: { status, branch, number, pixKey },
        balance,
        today: todayOf(projection, date),
        days,
        before,
        recent: statement.lines.slice(0, HOME_LINES),
      };
    },
    /** Today alone, for a screen that has just connected. */
    async readToday(ctx: CallContext, subjectId: string): Promise<Home['today']> {
      const date = businessDate(clock.now());
      const { ledgerAccountId } = await payments.getAccount(ctx, { subjectId });
      return todayOf(await project(ctx, ledgerAccountId, date), date);
    },
  };
}

export type HomeReader = ReturnType<typeof createHome>;
