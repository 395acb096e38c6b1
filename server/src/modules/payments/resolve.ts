import type { CallContext } from '#platform/context.ts';
import { refusePlatform } from '#platform/errors.ts';
import { newId, parsePublicId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import type { CrashPoint } from './crash-points.ts';
import type { PaymentsDeps } from './deps.ts';
import { publicStatus } from './domain/next-action.ts';
import { type Fact, isForPeople, type Reason } from './domain/payment.ts';
import type { Committer } from './drive/committer.ts';
import { progressEvents } from './drive/events.ts';
import { refusePayments } from './errors.ts';
import type { Measures } from './measure.ts';
import { PAYMENT_PREFIX, type PaymentRecord, paymentName } from './record.ts';
import { lockPayment, makeDue } from './store/payments.ts';
import { insertResolution } from './store/resolutions.ts';
import { insertSteps, writeTransitions } from './store/transitions.ts';

const ROUTE = 'POST /v1/payments/:id/resolve';

type ResolveInput = { paymentId: string; decision: 'executed' | 'not-executed'; reason: string };
type RetryInput = { paymentId: string; reason: string };
type Decided = { id: string; status: string };
type Parts = {
  committer: Committer;
  measures: Measures;
  wakeRecovery: () => void;
  /** Takes the payment on from where the decision left it. */
  goOn: (record: PaymentRecord) => void;
  crashPoint: CrashPoint;
};

const RESOLVED: Reason = {
  code: 'PAYMENTS_RESOLVED_NOT_EXECUTED',
  message: 'Conferimos com o banco: este Pix não foi executado. O dinheiro voltou para a sua conta.',
};

/**
 * What people do about payments that do not end by themselves. Who decided, what, why and when is a row of its own and a step, in the
 * commit of the change; a second person's approval has its place in that row.
 */
export function createResolutions(
  deps: Pick<PaymentsDeps, 'db' | 'bus' | 'clock'>,
  { committer, measures, wakeRecovery, goOn, crashPoint }: Parts,
) {
  const { db, bus, clock } = deps;

  /** @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_FOR_PEOPLE. */
  async function resolvePayment(ctx: CallContext, input: ResolveInput): Promise<{ replayed: boolean; payment: Decided }> {
    const { tenantId, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const id = parsePublicId(PAYMENT_PREFIX, input.paymentId);
    let moved: { before: PaymentRecord; after: PaymentRecord } | undefined;
    const { body, replayed } = await db.tx({ module: 'payments', tenants: [tenantId] }, async (tx) => {
      moved = undefined;
      return once(tx, { tenantId, principal: ctx.actor.id, route: ROUTE, key, body: input }, async () => {
        const record = await lockPayment(tx, id);
        if (!record) throw refusePayments('PAYMENTS_NOT_FOUND');
        if (!isForPeople(record.status)) throw refusePayments('PAYMENTS_NOT_FOR_PEOPLE');
        const nowMs = clock.now();
        const { transition, verdict } = committer.decide(record, {
          fact: factOf(input, nowMs),
          step: stepOf('resolve', ctx, input, nowMs),
        });
        const [written] = verdict === 'moved' ? await writeTransitions(tx, [transition]) : [];
        if (!written?.isWritten || !transition.after) throw refusePayments('PAYMENTS_NOT_FOR_PEOPLE');
        const { decision, reason } = input;
        await insertResolution(tx, { id: newId(), payment: record, decision, reason, proposedBy: ctx.actor });
        await bus.publish(tx, progressEvents(record, transition.after, ctx.actor, nowMs));
        moved = { before: record, after: transition.after };
        crashPoint('commit:resolved:before');
        return { status: 200, body: { id: paymentName(id), status: publicStatus(transition.after.status) } };
      });
    });
    if (moved) {
      crashPoint('commit:resolved:after');
      measures.moved(moved.before, moved.after);
      measures.resolved(input.decision);
      goOn(moved.after);
    }
    return { replayed, payment: body as Decided };
  }

  /** @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOTHING_DUE. */
  async function retryPayment(ctx: CallContext, input: RetryInput): Promise<Decided> {
    const id = parsePublicId(PAYMENT_PREFIX, input.paymentId);
    const status = await db.tx({ module: 'payments', tenants: [ctx.tenantId] }, async (tx) => {
      const record = await lockPayment(tx, id);
      if (!record) throw refusePayments('PAYMENTS_NOT_FOUND');
      // A review's end is no try, and not to be hastened.
      if (record.status === 'in-review' || !(await makeDue(tx, id))) throw refusePayments('PAYMENTS_NOTHING_DUE');
      const step = { ...stepOf('retry', ctx, input, clock.now()), attempt: record.attempt + 1 };
      const { status } = record;
      await insertSteps(tx, [{ ...step, tenantId: ctx.tenantId, paymentId: id, statusBefore: status, statusAfter: status }]);
      return status;
    });
    wakeRecovery();
    return { id: paymentName(id), status: publicStatus(status) };
  }

  return { resolvePayment, retryPayment };
}

function factOf({ decision }: ResolveInput, atMs: number): Fact {
  return decision === 'executed' ? { type: 'resolved-executed', atMs } : { type: 'resolved-not-executed', reasons: [RESOLVED] };
}

const stepOf = (step: 'resolve' | 'retry', ctx: CallContext, input: { reason: string; decision?: string }, nowMs: number) => ({
  step,
  startedAtMs: nowMs,
  durationMs: 0,
  input: { by: ctx.actor.id, reason: input.reason },
  outcome: { result: input.decision ?? 'due' },
});
