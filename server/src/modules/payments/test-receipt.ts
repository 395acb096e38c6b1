import type { CallContext } from '#platform/context.ts';
import { newId } from '#platform/id.ts';
import type { AccountViews } from './accounts.ts';
import type { PaymentsDeps } from './deps.ts';
import { formatDecimalAmount } from './domain/amount.ts';
import { refusePayments } from './errors.ts';
import type { Provider } from './provider/client.ts';

/** Sandbox only: makes somebody send a Pix to the person, so that a newcomer has money to try things with. */
export function createTestReceipt(deps: PaymentsDeps, provider: Provider, accounts: AccountViews) {
  return async (ctx: CallContext, input: { subjectId: string; amountMinor: string }): Promise<{ endToEndId: string }> => {
    if (!deps.config.sandbox) throw refusePayments('PAYMENTS_SANDBOX_ONLY');
    const account = await accounts.getAccount(ctx, { subjectId: input.subjectId });
    if (account.pixKey === null) throw refusePayments('PAYMENTS_ACCOUNT_OPENING', { retryAfterSeconds: 1 });
    const requestId = ctx.idempotencyKey ? `${input.subjectId}/${ctx.idempotencyKey}`.slice(0, 100) : newId();
    const found = await provider.requestReceipt(account.pixKey, formatDecimalAmount(BigInt(input.amountMinor)), requestId);
    if (found.kind !== 'found') throw refusePayments('PIX_PROVIDER_UNAVAILABLE', { retryAfterSeconds: 2 });
    return found.value;
  };
}
