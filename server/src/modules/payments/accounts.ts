import { ACCOUNT_CREATED, type AccountCreated } from '#accounts/events';
import type { Subscription } from '#platform/bus/bus.ts';
import type { CallContext } from '#platform/context.ts';
import type { AccountBook } from './account-book.ts';
import type { Account, Balance } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { refusePayments } from './errors.ts';
import type { AccountOpener } from './opening/opener.ts';
import { customerAccountId, PIX_KEY_PURPOSE } from './record.ts';
import { type AccountRecord, insertOpening } from './store/accounts.ts';

/** An account that `accounts` made gets a place for its money. The handler only notes it: opening needs calls, which a transaction must not wait for. */
export function openingSubscription(deps: PaymentsDeps, opener: Pick<AccountOpener, 'begun' | 'wake'>): Subscription {
  return {
    group: 'payments.account-opening',
    module: 'payments',
    types: [ACCOUNT_CREATED],
    from: 'beginning',
    // 1 opened accounts for people who had registered.
    version: 2,
    async handle(tx, events) {
      const accounts = events.map(({ tenantId, data }) => {
        const { accountId } = data as AccountCreated;
        return { tenantId, subjectId: accountId, ledgerAccountId: customerAccountId(tenantId, accountId) };
      });
      await insertOpening(tx, accounts, deps.clock.now());
      opener.begun(tx, accounts.length);
      tx.afterCommit(opener.wake);
    },
  };
}

/** Accounts as those who act on them see them. */
export function createAccountViews(deps: PaymentsDeps, book: AccountBook) {
  const { vault, ledger, config, clock } = deps;

  async function find(ctx: CallContext, accountId: string): Promise<AccountRecord> {
    const account = await book.find(ctx.tenantId, accountId);
    if (!account) throw refusePayments('PAYMENTS_NO_ACCOUNT');
    return account;
  }

  return {
    find,
    async getAccount(ctx: CallContext, { accountId }: { accountId: string }): Promise<Account> {
      const { status, ledgerAccountId, branch, number, pixKeySealed } = await find(ctx, accountId);
      const isOpen = status === 'open';
      const pixKey = isOpen && pixKeySealed ? await vault.open(ctx.tenantId, accountId, PIX_KEY_PURPOSE, pixKeySealed) : null;
      return {
        status: isOpen ? 'open' : 'opening',
        ledgerAccountId: isOpen ? ledgerAccountId : null,
        branch,
        number,
        ispb: config.ispb,
        pixKey,
      };
    },
    async getBalance(ctx: CallContext, { accountId }: { accountId: string }): Promise<Balance> {
      const account = await find(ctx, accountId);
      const asOf = new Date(clock.now()).toISOString();
      const nothing = { availableMinor: '0', postedMinor: '0', heldMinor: '0', currency: 'BRL', asOf };
      if (account.status !== 'open') return nothing;
      const { balances } = await ledger.getBalances(ctx, { accountIds: [account.ledgerAccountId] });
      const balance = balances[0];
      if (!balance) return nothing;
      const { availableMinor, postedMinor, heldMinor } = balance;
      return { availableMinor, postedMinor, heldMinor, currency: 'BRL', asOf };
    },
  };
}

export type AccountViews = ReturnType<typeof createAccountViews>;
