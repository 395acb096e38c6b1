import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { parsePublicId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import type { PaymentsDeps } from './deps.ts';
import { publicStatus } from './domain/next-action.ts';
import type { Fact } from './domain/payment.ts';
import type { PaymentMachine } from './drive/machine.ts';
import { refusePayments } from './errors.ts';
import { PAYMENT_PREFIX, type PaymentRecord, paymentName } from './record.ts';

const ROUTE = 'POST /v1/payments/:id/review';

export type ReviewInput = { paymentId: string; decision: 'approve' | 'deny'; reason: string };
export type ReviewAnswer = { id: string; status: string };

/**
 * A person's decision about a payment in review. Who decided and why is kept as a step, in the commit of the change and of the answer.
 * @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_IN_REVIEW.
 */
export function createReview({ db, clock }: PaymentsDeps, machine: PaymentMachine) {
  return async (ctx: CallContext, input: ReviewInput): Promise<{ status: number; replayed: boolean; body: ReviewAnswer }> => {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const id = parsePublicId(PAYMENT_PREFIX, input.paymentId);
    const answer = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) =>
      once(tx, { tenantId, principal: ctx.actor.id, route: ROUTE, key, body: input }, async () => {
        const record = await machine.store.lock(tx, id);
        if (!record) throw refusePayments('PAYMENTS_NOT_FOUND');
        const change = await machine.applyIn(tx, record, {
          fact: factOf(input, record),
          step: { step: 'review', startedAtMs: clock.now(), durationMs: 0, outcome: { result: input.decision } },
          actor: ctx.actor,
          reason: input.reason,
        });
        if (!change) throw refusePayments('PAYMENTS_NOT_IN_REVIEW');
        return { status: 200, body: { id: paymentName(id), status: publicStatus(change.after.status) } };
      }),
    );
    return { ...answer, body: answer.body as ReviewAnswer };
  };
}

function factOf({ decision }: ReviewInput, record: PaymentRecord): Fact {
  if (decision === 'approve') return { type: 'review-approved' };
  const reasons = [...record.reasons, { code: 'PAYMENTS_REVIEW_DENIED', message: 'A análise recusou este pagamento; nada foi cobrado.' }];
  return { type: 'review-denied', reasons };
}
