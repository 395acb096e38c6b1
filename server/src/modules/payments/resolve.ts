import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { parsePublicId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import type { Clerk } from '#platform/machine/clerk.ts';
import { insertSteps } from '#platform/machine/steps.ts';
import type { PaymentsDeps } from './deps.ts';
import { publicStatus } from './domain/next-action.ts';
import { type Fact, isForPeople } from './domain/payment.ts';
import { DECISIONS, type Decision } from './drive/machine.ts';
import { refusePayments } from './errors.ts';
import { PAYMENT_PREFIX, type PaymentRecord, paymentName } from './record.ts';
import { paymentRows } from './store/payments.ts';

const ROUTE = 'POST /v1/payments/:id/resolve';

type ResolveInput = { paymentId: string; decision: Decision; reason: string };
type RetryInput = { paymentId: string; reason: string };
type Decided = { id: string; status: string };

/**
 * What people do about payments that do not end by themselves. Who decided, what, why and when is a row of its own and a step, in the
 * commit of the change; a second person's approval has its place in that row.
 *
 * @param machine writes the decision; what follows from it is driven by whoever drives payments. `wake` tells them that something is due.
 */
export function createResolutions(
  { db, clock }: Pick<PaymentsDeps, 'db' | 'clock'>,
  machine: Clerk<PaymentRecord, Fact> & { wake(): void },
) {
  /** @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_FOR_PEOPLE. */
  async function resolvePayment(ctx: CallContext, input: ResolveInput): Promise<{ replayed: boolean; payment: Decided }> {
    const { tenantId, idempotencyKey: key, actor } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const id = parsePublicId(PAYMENT_PREFIX, input.paymentId);
    const { decision, reason } = input;
    const { body, replayed } = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) =>
      once(tx, { tenantId, principal: actor.id, route: ROUTE, key, body: input }, async () => {
        const record = await machine.store.lock(tx, id);
        if (!record) throw refusePayments('PAYMENTS_NOT_FOUND');
        if (!isForPeople(record.status)) throw refusePayments('PAYMENTS_NOT_FOR_PEOPLE');
        const nowMs = clock.now();
        const fact = DECISIONS[decision](record, nowMs);
        const change = await machine.applyIn(tx, record, { fact, step: stepOf('resolve', decision, nowMs), actor, reason });
        if (!change) throw refusePayments('PAYMENTS_NOT_FOR_PEOPLE');
        return { status: 200, body: { id: paymentName(id), status: publicStatus(change.after.status) } };
      }),
    );
    return { replayed, payment: body as Decided };
  }

  /** @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOTHING_DUE. */
  async function retryPayment(ctx: CallContext, { paymentId, reason }: RetryInput): Promise<Decided> {
    const { tenantId, actor } = ctx;
    const id = parsePublicId(PAYMENT_PREFIX, paymentId);
    const status = await db.tx({ module: 'payments', tenants: [tenantId] }, async (tx) => {
      const record = await machine.store.lock(tx, id);
      if (!record) throw refusePayments('PAYMENTS_NOT_FOUND');
      // A review's end is no try, and not to be hastened.
      if (record.status === 'in-review' || !(await machine.store.makeDue(tx, id))) throw refusePayments('PAYMENTS_NOTHING_DUE');
      const { status, attempt } = record;
      const of = { tenantId, runId: id, attempt: attempt + 1, statusBefore: status, statusAfter: status, actor, reason };
      insertSteps(tx, paymentRows.steps, [{ ...stepOf('retry', 'due', clock.now()), input: {}, ...of }]);
      return status;
    });
    machine.wake();
    return { id: paymentName(id), status: publicStatus(status) };
  }

  return { resolvePayment, retryPayment };
}

const stepOf = (step: 'resolve' | 'retry', result: string, nowMs: number) => ({
  step,
  startedAtMs: nowMs,
  durationMs: 0,
  outcome: { result },
});
