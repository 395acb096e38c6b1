import { type ApprovalKind, createApprovals } from '#platform/approvals/approvals.ts';
import type { Approval } from '#platform/approvals/contract.ts';
import type { CallContext } from '#platform/context.ts';
import type { PaymentsDeps } from './deps.ts';
import type { Decision } from './drive/machine.ts';
import { refusePayments } from './errors.ts';
import { type Decision as ArrivalDecision, decideReceipt, judgeDecision } from './incoming/decide.ts';
import type { Receiver } from './incoming/receive.ts';
import type { Resolutions } from './resolve.ts';
import type { createReviewIn } from './review.ts';
import { decideDifference, isDifferenceOpen } from './store/differences.ts';

const DAY_MS = 86_400_000;
/** A review is over by itself after half an hour: a request about it lives no longer. */
const REVIEW_MS = 30 * 60_000;

/** Under which a wish is asked once. */
const ROUTES: Record<Asked['kind'], string> = {
  'payments.resolve': 'POST /v1/payments/:id/resolve',
  'payments.receipt': 'POST /v1/payments/receipts/:id/decision',
  'payments.difference': 'POST /bff/v1/desk/payments/differences/:id/decide',
};

/** What is asked of a second person, as it is frozen: ids and words of ours, nothing of people. */
export type Asked =
  | { kind: 'payments.resolve'; paymentId: string; decision: Decision }
  | { kind: 'payments.receipt'; receiptId: string; decision: ArrivalDecision; subjectId?: string }
  | { kind: 'payments.difference'; differenceId: string; status: 'explained' | 'compensated' | 'closed' };
type Reviewing = { paymentId: string; decision: 'approve' | 'deny' };
type Of<K extends Asked['kind']> = Omit<Extract<Asked, { kind: K }>, 'kind'>;

type Parts = { resolutions: Resolutions; reviews: ReturnType<typeof createReviewIn>; receiver: Receiver };

/** Decisions about money that take two people: asked by one, approved by another, carried out in the commit of the approval. */
export function createFourEyes(deps: PaymentsDeps, { resolutions, reviews, receiver }: Parts) {
  const { clock } = deps;

  const resolve: ApprovalKind<Of<'payments.resolve'>> = {
    about: ({ paymentId }) => paymentId,
    lastsMs: DAY_MS,
    check: async (tx, _tenantId, { paymentId }) => void (await resolutions.lockForPeople(tx, paymentId)),
    execute: (tx, payload, { askedBy, askedAt, decidedBy, reason }) =>
      resolutions.resolveIn(tx, { ...payload, actor: decidedBy, proposedBy: askedBy, reason, askedAtMs: askedAt.getTime() }),
  };
  const review: ApprovalKind<Reviewing> = {
    about: ({ paymentId }) => paymentId,
    lastsMs: REVIEW_MS,
    check: async (tx, _tenantId, { paymentId }) => void (await reviews.lockInReview(tx, paymentId)),
    execute: (tx, payload, { askedBy, decidedBy, reason }) =>
      reviews.reviewIn(tx, { ...payload, actor: decidedBy, proposedBy: askedBy, reason }),
  };
  const receipt: ApprovalKind<Of<'payments.receipt'>> = {
    about: ({ receiptId }) => receiptId,
    lastsMs: DAY_MS,
    check: async (tx, tenantId, payload) => void (await judgeDecision(tx, { ...payload, tenantOf: () => tenantId, nowMs: clock.now() })),
    execute: (tx, payload, { tenantId, decidedBy, reason }) =>
      decideReceipt(tx, { ...payload, reason, actor: decidedBy, tenantOf: () => tenantId, nowMs: clock.now() }, receiver.applyIn),
  };
  const difference: ApprovalKind<Of<'payments.difference'>> = {
    about: ({ differenceId }) => differenceId,
    lastsMs: DAY_MS,
    async check(tx, _tenantId, { differenceId }) {
      if (!(await isDifferenceOpen(tx, differenceId))) throw refusePayments('PAYMENTS_DIFFERENCE_NOT_FOUND');
    },
    async execute(tx, { differenceId: id, status }, { decidedBy: actor, reason }) {
      if (!(await decideDifference(tx, { id, status, actor, reason }))) throw refusePayments('PAYMENTS_DIFFERENCE_NOT_FOUND');
      return { id, status };
    },
  };
  const kinds = {
    'payments.resolve': resolve,
    'payments.review': review,
    'payments.receipt': receipt,
    'payments.difference': difference,
  } as unknown as Record<string, ApprovalKind>;
  const approvals = createApprovals({ ...deps, module: 'payments', kinds });

  return {
    ...approvals,
    /** Needs `ctx.idempotencyKey`. @throws PLATFORM_APPROVAL_PENDING, and what would refuse the decision itself */
    askApproval(ctx: CallContext, { asked, reason }: { asked: Asked; reason: string }): Promise<Approval> {
      const { kind, ...payload } = asked;
      return approvals.askOnce(ctx, { kind, payload, reason, route: ROUTES[kind], body: { asked, reason } });
    },
  };
}
