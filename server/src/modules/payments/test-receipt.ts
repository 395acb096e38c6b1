import type { CallContext } from '#platform/context.ts';
import { derivedId, newId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import type { AccountViews } from './accounts.ts';
import type { PaymentsDeps } from './deps.ts';
import { formatDecimalAmount } from './domain/amount.ts';
import { refusePayments } from './errors.ts';
import type { Directory } from './rails/port.ts';

const ROUTE = 'POST /bff/v1/sandbox/receive';

/**
 * Sandbox only: makes somebody send a Pix to the account, so that a newcomer has money to try things with.
 * @throws PLATFORM_IDEMPOTENCY_CONFLICT
 */
export function createTestReceipt(deps: PaymentsDeps, directory: Directory, accounts: AccountViews) {
  return async (ctx: CallContext, input: { accountId: string; amountMinor: string }): Promise<{ endToEndId: string }> => {
    if (!deps.config.sandbox) throw refusePayments('PAYMENTS_SANDBOX_ONLY');
    const account = await accounts.getAccount(ctx, { accountId: input.accountId });
    if (account.pixKey === null) throw refusePayments('PAYMENTS_ACCOUNT_OPENING', { retryAfterSeconds: 1 });
    const { tenantId, idempotencyKey: key } = ctx;
    // The key is taken before the provider is asked: each repetition asks again, under the same id, which gives one Pix and one answer.
    if (key !== undefined) {
      const asked = { tenantId, principal: ctx.actor.id, route: ROUTE, key, body: input };
      await deps.db.tx({ module: 'payments', tenants: [tenantId] }, (tx) => once(tx, asked, async () => ({ status: 202, body: {} })));
    }
    const requestId = key === undefined ? newId() : derivedId('payments', 'test-receipt', tenantId, input.accountId, key);
    const found = await directory.requestReceipt(account.pixKey, formatDecimalAmount(BigInt(input.amountMinor)), requestId);
    if (found.kind !== 'found') throw refusePayments('PIX_PROVIDER_UNAVAILABLE', { retryAfterSeconds: 2 });
    return found.value;
  };
}
