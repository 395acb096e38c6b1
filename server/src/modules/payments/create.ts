import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId, parsePublicId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import { currentTraceparent } from '#platform/telemetry/tracing.ts';
import type { Payment } from './contract.ts';
import type { PaymentsDeps } from './deps.ts';
import { makeEndToEndId } from './domain/end-to-end-id.ts';
import type { Driver } from './drive/driver.ts';
import { progressEvents } from './drive/events.ts';
import { refusePayments } from './errors.ts';
import { DESCRIPTION_PURPOSE, type PaymentRecord, paymentName, QUOTE_PREFIX } from './record.ts';
import { findAccount } from './store/accounts.ts';
import { findPayments, insertPayment } from './store/payments.ts';
import { findQuote, type Quote } from './store/quotes.ts';
import type { PaymentViews } from './views/payment.ts';

const ROUTE = 'POST /v1/payments';

type Input = { subjectId: string; quoteId: string; amountMinor: string; description?: string };

/**
 * Makes a payment out of a quote. The payment, its first event, the idempotency key and the answer commit together; then it is driven.
 * The answer is what was true at that commit (`processing`), the same at every repetition. It is stored by id only: who is paid stays sealed.
 */
export function createPaymentCreation(deps: PaymentsDeps, parts: { driver: Driver; views: PaymentViews; owner: string }) {
  const { db, bus, clock, vault, config } = deps;
  const crashPoint = deps.crashPoint ?? (() => undefined);

  return async (ctx: CallContext, input: Input): Promise<{ status: number; replayed: boolean; payment: Payment }> => {
    const key = ctx.idempotencyKey;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const { tenantId } = ctx;
    const description = input.description?.trim();
    const descriptionSealed = description ? await vault.seal(tenantId, input.subjectId, DESCRIPTION_PURPOSE, description) : null;
    const scope = { tenantId, principal: input.subjectId, route: ROUTE, key, body: input };
    let created: PaymentRecord | undefined;

    const answer = await db.tx({ module: 'payments', tenants: [tenantId] }, async (tx) => {
      created = undefined;
      const first = await once(tx, scope, async () => {
        const nowMs = clock.now();
        const account = await findAccount(tx, input.subjectId);
        if (!account) throw refusePayments('PAYMENTS_NO_ACCOUNT');
        if (account.status !== 'open') throw refusePayments('PAYMENTS_ACCOUNT_OPENING', { retryAfterSeconds: 1 });
        const quote = await findQuote(tx, parsePublicId(QUOTE_PREFIX, input.quoteId));
        const amountMinor = agreedAmount(quote, input, nowMs);
        const id = newId();
        const record: PaymentRecord = {
          tenantId,
          id,
          version: 1,
          status: 'created',
          route: quote!.route,
          attempt: 0,
          reasons: [],
          reviewUntilMs: null,
          settledAtMs: null,
          subjectId: input.subjectId,
          accountId: account.ledgerAccountId,
          quoteId: quote!.id,
          amountMinor,
          endToEndId: makeEndToEndId(config.ispb, nowMs, id),
          payeeSealed: quote!.payeeSealed,
          payeeHash: quote!.payeeHash.toString('hex'),
          payeeAccountId: quote!.payeeAccountId,
          payeeSubjectId: quote!.payeeSubjectId,
          descriptionSealed,
          channel: ctx.actor.kind === 'person' ? 'app' : 'api',
          actor: ctx.actor,
          traceparent: currentTraceparent() ?? ctx.traceparent ?? null,
          decisionId: null,
          createdAtMs: nowMs,
        };
        const isNew = await insertPayment(tx, record, { owner: parts.owner, untilMs: nowMs + config.leaseMs });
        if (!isNew) throw refusePayments('PAYMENTS_QUOTE_USED');
        await bus.publish(tx, progressEvents(null, record, ctx.actor, nowMs));
        created = record;
        return { status: 201, body: { paymentId: id } };
      });
      if (created) crashPoint('commit:created:before');
      return first;
    });

    if (created) {
      crashPoint('commit:created:after');
      parts.driver.start(created);
    }
    const record = created ?? (await load(tenantId, (answer.body as { paymentId: string }).paymentId));
    return { status: answer.status, replayed: answer.replayed, payment: await parts.views.asCreated(record) };
  };

  async function load(tenantId: string, id: string): Promise<PaymentRecord> {
    const [found] = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) => findPayments(tx, [id]));
    if (!found) throw refusePayments('PAYMENTS_NOT_FOUND', { detail: paymentName(id) });
    return found;
  }
}

function agreedAmount(quote: Quote | undefined, input: Input, nowMs: number): bigint {
  if (!quote || quote.subjectId !== input.subjectId) throw refusePayments('PAYMENTS_QUOTE_NOT_FOUND');
  if (quote.expiresAtMs <= nowMs) throw refusePayments('PAYMENTS_QUOTE_EXPIRED');
  const amountMinor = BigInt(input.amountMinor);
  if (amountMinor <= 0n) throw refusePayments('PAYMENTS_AMOUNT_INVALID');
  if (!quote.amountEditable && quote.amountMinor !== amountMinor) throw refusePayments('PAYMENTS_AMOUNT_FIXED');
  return amountMinor;
}
