import type { Accounts } from '#accounts';
import type { CallContext } from '#platform/context.ts';
import { AppError } from '#platform/errors.ts';
import { refusePayments } from './errors.ts';

type Action = Parameters<Accounts['authorize']>[1]['action'];
type On = { accountId: string };
type Maybe = { accountId?: string };
type Decided = Awaited<ReturnType<Accounts['authorize']>>;
type Work<I, O> = (ctx: CallContext, input: I) => Promise<O>;

/**
 * What the operations of the face ask before they do anything: may whoever calls do this with this account? The decision is `accounts`'; here is only
 * what each operation asks for.
 */
export function createAsking(accounts: Pick<Accounts, 'authorize'>, open: (tenantId: string, accountId: string) => Promise<void>) {
  const may = (ctx: CallContext, { accountId }: On, action: Action) => accounts.authorize(ctx, { accountId, action });

  return {
    /** Asks, then does it; `work` is told what was answered. */
    acts:
      <I extends On, O>(action: Action, work: (ctx: CallContext, input: I, decided: Decided) => Promise<O>): Work<I, O> =>
      async (ctx, input) =>
        work(ctx, input, await may(ctx, input, action)),
    /**
     * What only reads is read meanwhile; nothing of it is told before the answer is yes. An account that nobody told us of yet, though it is there, begins
     * to be opened by that.
     */
    reads:
      <I extends On, O>(action: Action, work: Work<I, O>): Work<I, O> =>
      async (ctx, input) => {
        const read = work(ctx, input);
        read.catch(() => undefined);
        await may(ctx, input, action);
        try {
          return await read;
        } catch (error) {
          if (!(error instanceof AppError) || error.code !== 'PAYMENTS_NO_ACCOUNT') throw error;
          await open(ctx.tenantId, input.accountId);
          return work(ctx, input);
        }
      },
    /**
     * "Own or service": without an account a service (by its scopes) and modules of ours read what belongs to any account of the tenant, and nobody
     * else does. What belongs to another account does not exist.
     */
    readsOwn:
      <I extends Maybe, O>(action: Action, work: Work<I, O>): Work<I, O> =>
      async (ctx, input) => {
        const { accountId } = input;
        if (accountId !== undefined) await may(ctx, { accountId }, action);
        else if (ctx.actor.kind === 'person') throw refusePayments('PAYMENTS_NOT_FOUND');
        return work(ctx, input);
      },
  };
}
