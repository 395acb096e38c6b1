import { inOrder } from '#platform/approvals/approvals.ts';
import type { Approval } from '#platform/approvals/contract.ts';
import type { Actor, CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { parsePublicId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import type { PaymentsDeps } from './deps.ts';
import { publicStatus } from './domain/next-action.ts';
import type { Fact } from './domain/payment.ts';
import { type ReviewDecision, reviewTakesTwo } from './domain/review.ts';
import type { PaymentMachine } from './drive/machine.ts';
import { refusePayments } from './errors.ts';
import { PAYMENT_PREFIX, type PaymentRecord, paymentName } from './record.ts';

const ROUTE = 'POST /v1/payments/:id/review';

export type ReviewInput = { paymentId: string; decision: ReviewDecision; reason: string };
export type Reviewed = { id: string; status: string };
type Machine = Pick<PaymentMachine, 'store' | 'applyIn'>;
type Ask = (tx: Tx, asked: { tenantId: string; kind: string; payload: unknown; reason: string; by: Actor }) => Promise<Approval>;

/** The decision itself, in the caller's transaction; who decided and why is kept as a step. @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_IN_REVIEW */
export function createReviewIn({ clock }: Pick<PaymentsDeps, 'clock'>, machine: Machine) {
  async function lockInReview(tx: Tx, paymentId: string): Promise<PaymentRecord> {
    const record = await machine.store.lock(tx, parsePublicId(PAYMENT_PREFIX, paymentId));
    if (!record) throw refusePayments('PAYMENTS_NOT_FOUND');
    if (record.status !== 'in-review') throw refusePayments('PAYMENTS_NOT_IN_REVIEW');
    return record;
  }
  async function reviewIn(tx: Tx, { paymentId, decision, ...by }: ReviewInput & { actor: Actor; proposedBy?: Actor }): Promise<Reviewed> {
    const record = await lockInReview(tx, paymentId);
    const step = { step: 'review', startedAtMs: clock.now(), durationMs: 0, outcome: { result: decision } };
    const change = await machine.applyIn(tx, record, { fact: factOf(decision, record), step, ...by });
    if (!change) throw refusePayments('PAYMENTS_NOT_IN_REVIEW');
    return { id: paymentName(record.id), status: publicStatus(change.after.status) };
  }
  return { lockInReview, reviewIn };
}

/**
 * A decision about a payment in review: carried out at once (200), or asked of a second person (202) where that is the rule. The answer to
 * a key is kept in the commit of what it did.
 *
 * @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_IN_REVIEW, PLATFORM_APPROVAL_PENDING
 */
export function createReview(
  { db, config }: Pick<PaymentsDeps, 'db' | 'config'>,
  { lockInReview, reviewIn }: ReturnType<typeof createReviewIn>,
  ask: Ask,
) {
  return async (ctx: CallContext, input: ReviewInput): Promise<{ status: 200; body: Reviewed } | { status: 202; body: Approval }> => {
    const { tenantId, idempotencyKey: key, actor } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const { paymentId, decision, reason } = input;
    const answer = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) =>
      once(tx, { tenantId, principal: actor.id, route: ROUTE, key, body: input }, async () => {
        const { amountMinor } = await lockInReview(tx, paymentId);
        if (!reviewTakesTwo({ decision, by: actor.kind, amountMinor }, BigInt(config.reviewAloneUpToMinor ?? 0)))
          return { status: 200, body: await reviewIn(tx, { ...input, actor }) };
        return {
          status: 202,
          body: await ask(tx, { tenantId, kind: 'payments.review', payload: { paymentId, decision }, reason, by: actor }),
        };
      }),
    );
    if (answer.status === 202) return { status: 202, body: inOrder(answer.body as Approval) };
    return { status: 200, body: answer.body as Reviewed };
  };
}

export type Review = ReturnType<typeof createReview>;

function factOf(decision: ReviewDecision, record: PaymentRecord): Fact {
  if (decision === 'approve') return { type: 'review-approved' };
  const reasons = [...record.reasons, { code: 'PAYMENTS_REVIEW_DENIED', message: 'A análise recusou este pagamento; nada foi cobrado.' }];
  return { type: 'review-denied', reasons };
}
