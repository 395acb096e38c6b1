import { PERSON_REGISTERED, type PersonRegistered } from '#identity/events';
import type { Subscription } from '#platform/bus/bus.ts';
import type { CallContext } from '#platform/context.ts';
import type { AccountBook } from './account-book.ts';
import type { Account, Balance } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { refusePayments } from './errors.ts';
import type { AccountOpener } from './opening/opener.ts';
import { customerAccountId, PIX_KEY_PURPOSE } from './record.ts';
import { type AccountRecord, insertOpening } from './store/accounts.ts';

/** Whoever has registered gets an account. The handler only notes it: opening needs calls, which a transaction must not wait for. */
export function openingSubscription(deps: PaymentsDeps, opener: Pick<AccountOpener, 'begun' | 'wake'>): Subscription {
  return {
    group: 'payments.account-opening',
    module: 'payments',
    types: [PERSON_REGISTERED],
    from: 'beginning',
    async handle(tx, events) {
      const accounts = events.map(({ tenantId, data }) => {
        const { subjectId } = data as PersonRegistered;
        return { tenantId, subjectId, ledgerAccountId: customerAccountId(tenantId, subjectId) };
      });
      await insertOpening(tx, accounts, deps.clock.now());
      opener.begun(tx, accounts.length);
      tx.afterCommit(opener.wake);
    },
  };
}

/** Accounts as their owners see them. */
export function createAccountViews(deps: PaymentsDeps, book: AccountBook) {
  const { vault, ledger, config, clock } = deps;

  async function find(ctx: CallContext, subjectId: string): Promise<AccountRecord> {
    const account = await book.find(ctx.tenantId, subjectId);
    if (!account) throw refusePayments('PAYMENTS_NO_ACCOUNT');
    return account;
  }

  return {
    find,
    async getAccount(ctx: CallContext, { subjectId }: { subjectId: string }): Promise<Account> {
      const { status, ledgerAccountId, branch, number, pixKeySealed } = await find(ctx, subjectId);
      const isOpen = status === 'open';
      const pixKey = isOpen && pixKeySealed ? await vault.open(ctx.tenantId, subjectId, PIX_KEY_PURPOSE, pixKeySealed) : null;
      return {
        status: isOpen ? 'open' : 'opening',
        ledgerAccountId: isOpen ? ledgerAccountId : null,
        branch,
        number,
        ispb: config.ispb,
        pixKey,
      };
    },
    async getBalance(ctx: CallContext, { subjectId }: { subjectId: string }): Promise<Balance> {
      const account = await find(ctx, subjectId);
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
