import { ACCOUNT_CREATED, type AccountCreated } from '#accounts/events';
import type { Subscription } from '#platform/bus/bus.ts';
import type { CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import type { AccountBook } from './account-book.ts';
import type { Account, Balance } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { refusePayments } from './errors.ts';
import type { AccountOpener } from './opening/opener.ts';
import { customerAccountId, PIX_KEY_PURPOSE } from './record.ts';
import { type AccountRecord, insertOpening } from './store/accounts.ts';

/** An account that `accounts` made gets a place for its money. The handler only notes it: opening needs calls, which a transaction must not wait for. */
export function openingSubscription(deps: PaymentsDeps, opener: Opener): Subscription {
  return {
    group: 'payments.account-opening',
    module: 'payments',
    types: [ACCOUNT_CREATED],
    from: 'beginning',
    // 1 opened accounts for people who had registered.
    version: 2,
    async handle(tx, events) {
      const accounts = events.map(({ tenantId, data }) => ({ tenantId, accountId: (data as AccountCreated).accountId }));
      await beginOpening(tx, accounts, deps, opener);
    },
  };
}

type Opener = Pick<AccountOpener, 'begun' | 'wake'>;

async function beginOpening(
  tx: Tx,
  accounts: readonly { tenantId: string; accountId: string }[],
  { clock }: Pick<PaymentsDeps, 'clock'>,
  opener: Opener,
): Promise<void> {
  const rows = accounts.map(({ tenantId, accountId }) => {
    const ledgerAccountId = customerAccountId(tenantId, accountId);
    return { tenantId, subjectId: accountId, ledgerAccountId };
  });
  const added = await insertOpening(tx, rows, clock.now());
  opener.begun(tx, added);
  tx.afterCommit(opener.wake);
}

/** Whoever is faster than the event of their account begins its opening; `accounts` has said that there is one. */
export const createOpening = (deps: PaymentsDeps, opener: Opener) => (tenantId: string, accountId: string) =>
  deps.db.tx({ module: 'payments', tenants: [tenantId] }, (tx) => beginOpening(tx, [{ tenantId, accountId }], deps, opener));

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
