import { refuseApproval } from '#platform/approvals/errors.ts';
import type { Actor, CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
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
 * commit of the change, and who approved it where two did.
 *
 * @param machine writes the decision; what follows from it is driven by whoever drives payments. `wake` tells them that something is due.
 */
export function createResolutions(
  { db, clock }: Pick<PaymentsDeps, 'db' | 'clock'>,
  machine: Clerk<PaymentRecord, Fact> & { wake(): void },
) {
  /** The payment, locked, if it waits for people. @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_FOR_PEOPLE */
  async function lockForPeople(tx: Tx, paymentId: string): Promise<PaymentRecord> {
    const record = await machine.store.lock(tx, parsePublicId(PAYMENT_PREFIX, paymentId));
    if (!record) throw refusePayments('PAYMENTS_NOT_FOUND');
    if (!isForPeople(record.status)) throw refusePayments('PAYMENTS_NOT_FOR_PEOPLE');
    return record;
  }

  /** Ends it by people's word, in the caller's transaction. @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_FOR_PEOPLE */
  async function resolveIn(
    tx: Tx,
    { paymentId, decision, askedAtMs, ...by }: ResolveInput & { actor: Actor; proposedBy?: Actor; askedAtMs?: number },
  ): Promise<Decided> {
    const record = await lockForPeople(tx, paymentId);
    // What was asked was asked about another state of it, such as stuck before the provider contradicted itself.
    if (askedAtMs !== undefined && record.statusSinceMs > askedAtMs) throw refuseApproval('PLATFORM_APPROVAL_CHANGED');
    const nowMs = clock.now();
    const fact = DECISIONS[decision](record, nowMs);
    const change = await machine.applyIn(tx, record, { fact, step: stepOf('resolve', decision, nowMs), ...by });
    if (!change) throw refusePayments('PAYMENTS_NOT_FOR_PEOPLE');
    return { id: paymentName(record.id), status: publicStatus(change.after.status) };
  }

  /**
   * By one person: those of the command line, and what stands for them in tests. Operators ask, and another one approves.
   *
   * @throws PAYMENTS_NOT_FOUND, PAYMENTS_NOT_FOR_PEOPLE, PAYMENTS_TAKES_TWO
   */
  async function resolvePayment(ctx: CallContext, input: ResolveInput): Promise<{ replayed: boolean; payment: Decided }> {
    const { tenantId, idempotencyKey: key, actor } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    if (actor.kind === 'operator') throw refusePayments('PAYMENTS_TAKES_TWO');
    const { body, replayed } = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) =>
      once(tx, { tenantId, principal: actor.id, route: ROUTE, key, body: input }, async () => ({
        status: 200,
        body: await resolveIn(tx, { ...input, actor }),
      })),
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

  return { resolvePayment, retryPayment, resolveIn, lockForPeople };
}

const stepOf = (step: 'resolve' | 'retry', result: string, nowMs: number) => ({
  step,
  startedAtMs: nowMs,
  durationMs: 0,
  outcome: { result },
});

export type Resolutions = ReturnType<typeof createResolutions>;
