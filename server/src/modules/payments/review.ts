import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { parsePublicId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import type { PaymentsDeps } from './deps.ts';
import { publicStatus } from './domain/next-action.ts';
import type { Fact } from './domain/payment.ts';
import type { Committer } from './drive/committer.ts';
import type { Driver } from './drive/driver.ts';
import { progressEvents } from './drive/events.ts';
import { refusePayments } from './errors.ts';
import type { Measures } from './measure.ts';
import { PAYMENT_PREFIX, type PaymentRecord, paymentName } from './record.ts';
import { lockPayment } from './store/payments.ts';
import { writeTransitions } from './store/transitions.ts';

const ROUTE = 'POST /v1/payments/:id/review';

export type ReviewInput = { paymentId: string; decision: 'approve' | 'deny'; reason: string };
export type ReviewAnswer = { id: string; status: string };

/**
 * A person's decision about a payment in review. Who decided and why is kept as a step, in the commit of the change and of the answer.
 * @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_IN_REVIEW.
 */
export function createReview(deps: PaymentsDeps, parts: { committer: Committer; driver: Driver; measures: Measures }) {
  const { db, bus, clock } = deps;

  return async (ctx: CallContext, input: ReviewInput): Promise<{ status: number; replayed: boolean; body: ReviewAnswer }> => {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const id = parsePublicId(PAYMENT_PREFIX, input.paymentId);
    let moved: { before: PaymentRecord; after: PaymentRecord } | undefined;
    const answer = await db.tx({ module: 'payments', tenants: [tenantId] }, async (tx) => {
      moved = undefined;
      return once(tx, { tenantId, principal: ctx.actor.id, route: ROUTE, key, body: input }, async () => {
        const record = await lockPayment(tx, id);
        if (!record) throw refusePayments('PAYMENTS_NOT_FOUND');
        const nowMs = clock.now();
        const { transition, verdict } = parts.committer.decide(record, {
          fact: factOf(input, record),
          step: {
            step: 'review',
            startedAtMs: nowMs,
            durationMs: 0,
            input: { by: ctx.actor.id, reason: input.reason },
            outcome: { result: input.decision === 'approve' ? 'approve' : 'deny' },
          },
        });
        if (verdict !== 'moved' || !transition.after) throw refusePayments('PAYMENTS_NOT_IN_REVIEW');
        const [written] = await writeTransitions(tx, [transition]);
        if (!written?.isWritten) throw refusePayments('PAYMENTS_NOT_IN_REVIEW');
        await bus.publish(tx, progressEvents(record, transition.after, ctx.actor, nowMs));
        moved = { before: record, after: transition.after };
        return { status: 200, body: { id: paymentName(id), status: publicStatus(transition.after.status) } };
      });
    });
    if (moved) {
      parts.measures.moved(moved.before, moved.after);
      parts.driver.start(moved.after);
    }
    return { ...answer, body: answer.body as ReviewAnswer };
  };
}

function factOf({ decision }: ReviewInput, record: PaymentRecord): Fact {
  if (decision === 'approve') return { type: 'review-approved' };
  const reasons = [...record.reasons, { code: 'PAYMENTS_REVIEW_DENIED', message: 'A análise recusou este pagamento; nada foi cobrado.' }];
  return { type: 'review-denied', reasons };
}
