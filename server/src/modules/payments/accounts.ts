import { PERSON_REGISTERED, type PersonRegistered } from '#identity/events';
import { backoffMs } from '#platform/backoff.ts';
import type { Subscription } from '#platform/bus/bus.ts';
import { type CallContext, systemContext } from '#platform/context.ts';
import { derivedId } from '#platform/id.ts';
import type { Worker } from '#platform/module.ts';
import type { AccountBook } from './account-book.ts';
import type { Account, Balance } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { refusePayments } from './errors.ts';
import { ACCOUNT_OPENED, type AccountOpened } from './events.ts';
import { clearingAccount } from './incoming/give-back.ts';
import { accountKey, keyHash } from './key-hash.ts';
import { createLeasedWorker } from './leased-work.ts';
import type { Provider } from './provider/client.ts';
import { clearingAccountId, customerAccountId, HOLDER_PURPOSE, type Holder, PIX_KEY_PURPOSE } from './record.ts';
import { type AccountRecord, claimOpening, insertOpening, markOpen, noteKey, postponeOpening, renewOpening } from './store/accounts.ts';
import { wakeUnmatched } from './store/receipt-claims.ts';

const MAX_AT_ONCE = 16;

/** Whoever has registered gets an account. The handler only notes it: opening needs calls, which a transaction must not wait for. */
export function openingSubscription(deps: PaymentsDeps, wake: () => void): Subscription {
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
      tx.afterCommit(wake);
    },
  };
}

/** Opens accounts step by step: holder from identity, account in the ledger, key in the directory. Each step is harmless to repeat. */
export function createAccountOpener(deps: PaymentsDeps, provider: Provider, owner: string): Worker & { wake(): void } {
  const { db, bus, clock, vault, ledger, identity, config, log } = deps;
  const crashPoint = deps.crashPoint ?? (() => undefined);

  async function open(account: AccountRecord): Promise<void> {
    const { tenantId, subjectId } = account;
    const ctx = systemContext(tenantId, 'payments');
    const person = await identity.getPerson(ctx, { subjectId });
    if (person.erased) throw new Error('the person was erased before the account was opened');
    crashPoint('open-ledger-account:before');
    await ledger.createAccounts(ctx, {
      accounts: [
        clearingAccount(clearingAccountId(tenantId)),
        {
          id: account.ledgerAccountId,
          code: 'customer',
          asset: 'BRL',
          normalSide: 'credit',
          debitsMustNotExceedCredits: true,
          subjectId,
        },
      ],
    });
    crashPoint('open-ledger-account:after');
    const key = accountKey(vault, tenantId, subjectId);
    const holder: Holder = { name: person.name, taxId: person.cpf.replace(/\D/g, '') };
    // Before the directory knows it, so that nothing arrives for a key that we do not know as ours.
    await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) => noteKey(tx, account, keyHash(vault, key)));
    crashPoint('register-key:before');
    const registered = await provider.registerKey(key, {
      ispb: config.ispb,
      branch: account.branch,
      account: account.number,
      owner: holder,
    });
    crashPoint('register-key:after');
    if (registered.kind !== 'ok') throw new Error(`the directory did not take the key: ${registered.kind}`);
    const holderSealed = await vault.seal(tenantId, subjectId, HOLDER_PURPOSE, JSON.stringify(holder));
    const pixKeySealed = await vault.seal(tenantId, subjectId, PIX_KEY_PURPOSE, key);
    const nowMs = clock.now();
    const time = new Date(nowMs).toISOString();
    const data: AccountOpened = { subjectId, ledgerAccountId: account.ledgerAccountId };
    crashPoint('commit:open:before');
    await db.tx({ module: 'payments', tenants: [tenantId] }, async (tx) => {
      if (!(await markOpen(tx, account, { holderSealed, pixKeySealed, pixKeyHash: keyHash(vault, key), nowMs }))) return;
      const id = derivedId('payments', 'account-opened', tenantId, subjectId);
      await bus.publish(tx, [{ id, type: ACCOUNT_OPENED, tenantId, key: subjectId, subjectId, actor: ctx.actor, time, data }]);
    });
    crashPoint('commit:open:after');
    // What arrived for the key before anybody here had it. Should this not happen, the receiver's own pause ends some time, too.
    await db.tx({ module: 'payments', system: true }, (tx) => wakeUnmatched(tx, keyHash(vault, key)));
  }

  const lease = { owner, leaseMs: Math.max(config.leaseMs, 2_000) };
  return createLeasedWorker<AccountRecord>({
    name: 'payments.account-opener',
    log,
    intervalMs: config.recoveryIntervalMs ?? 200,
    leaseMs: lease.leaseMs,
    most: MAX_AT_ONCE,
    keyOf: ({ tenantId, subjectId }) => `${tenantId}/${subjectId}`,
    claim: (room) => db.tx({ module: 'payments', system: true }, (tx) => claimOpening(tx, lease, room)),
    renew: (accounts) =>
      db.tx({ module: 'payments', system: true }, (tx) =>
        renewOpening(
          tx,
          lease,
          accounts.map(({ subjectId }) => subjectId),
        ),
      ),
    work: (account) =>
      open(account).catch(async (error: Error) => {
        log.warn({ subjectId: account.subjectId, err: error.message }, 'opening an account will be tried again');
        const pauseMs = backoffMs(account.attempt + 1, 250);
        await db
          .tx({ module: 'payments', tenants: [account.tenantId] }, (tx) => postponeOpening(tx, account, pauseMs))
          .catch(() => undefined);
      }),
  });
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
      const pixKey = pixKeySealed ? await vault.open(ctx.tenantId, subjectId, PIX_KEY_PURPOSE, pixKeySealed) : null;
      return { status, ledgerAccountId: status === 'open' ? ledgerAccountId : null, branch, number, ispb: config.ispb, pixKey };
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
