import type { CallContext } from '#platform/context.ts';
import type { Days } from './contract.ts';
import { shopDaysId, storeDaysId } from './domain/consolidate.ts';
import { refuseCashflow } from './errors.ts';
import type { AccessPort } from './index.ts';
import type { Account } from './store.ts';
import type { DaysReader } from './views/days.ts';

export type ShopDaysQuery = { accountId: string; storeId?: string; placeId?: string; from: string; to: string; after?: number };
type Parts = {
  days: DaysReader;
  accounts: AccessPort | undefined;
  findAccount: (tenantId: string, accountId: string) => Promise<Account | undefined>;
  waitFor: (tenantId: string, seq: number) => Promise<boolean>;
};

/** Days of a shop, of one of its stores or places: rows like those of any account, under ids of their own. */
export function createShopDays({ days, accounts, findAccount, waitFor }: Parts) {
  return async (ctx: CallContext, { accountId, storeId, placeId, from, to, after }: ShopDaysQuery): Promise<Days> => {
    const { tenantId } = ctx;
    // Without memberships, a person is their own first account.
    if (accounts) await accounts.authorize(ctx, { accountId, action: 'see' });
    else if (ctx.actor.kind === 'person' && ctx.actor.id !== accountId) throw refuseCashflow('CASHFLOW_ACCOUNT_NOT_FOUND');
    const reached = after === undefined ? undefined : await waitFor(tenantId, after);
    const id = placeId ?? (storeId === undefined ? shopDaysId(accountId) : storeDaysId(storeId));
    // What nothing has moved yet is nobody's so far, and zero for whoever asks.
    const owner = placeId === undefined && storeId === undefined ? undefined : await findAccount(tenantId, id);
    if (owner && owner.subjectId !== accountId) throw refuseCashflow('CASHFLOW_ACCOUNT_NOT_FOUND');
    const found = await days.read({ tenantId, accountId: id, from, to, isTotal: true });
    return reached === undefined ? found : { ...found, reached, pending: found.pending || !reached };
  };
}
