import type { CallContext } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import type { PaymentsDeps } from '../deps.ts';
import type { PayerGuard, Wish } from './guard.ts';

/** `refusal`: of whoever may not do it now, unless it was made before. `giveBack`: what was spent of limits for it; nothing was made. */
export type Allowed = { refusal: AppError | undefined; giveBack(): Promise<void> };

/**
 * Everything that is asked before money leaves an account on somebody's word: may they with this account, within their limits, and have they proved what
 * the rules want proved?
 */
export function createAllowance({ accounts }: Pick<PaymentsDeps, 'accounts'>, guard: PayerGuard) {
  /** What was made before is answered again, also to whoever has nothing left of the day since. */
  async function mayPay(ctx: CallContext, { id, accountId, amountMinor }: Wish) {
    try {
      return {
        ...(await accounts.authorize(ctx, { accountId, action: 'pay', spends: { amountMinor, commandId: id } })),
        refusal: undefined,
      };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'ACCOUNTS_OVER_DAY_LIMIT') throw error;
      return { hasDayLimit: false, nearLimit: false, refusal: error };
    }
  }

  return async (ctx: CallContext, wish: Wish): Promise<Allowed> => {
    const { id } = wish;
    try {
      const decided = await mayPay(ctx, wish);
      const judged = await guard.judge(ctx, wish, decided.nearLimit ?? false);
      return {
        refusal: decided.refusal ?? judged.refusal,
        async giveBack() {
          if (decided.hasDayLimit) await accounts.giveBack(ctx, { commandId: id });
          if (judged.spent) await guard.giveBack(ctx, id);
        },
      };
    } catch (error) {
      // Nothing is made under this id any more, whatever was spent for it, and whoever did not hear of it.
      await accounts.giveBack(ctx, { commandId: id }).catch(() => undefined);
      throw error;
    }
  };
}

export type Allowance = ReturnType<typeof createAllowance>;
