import type { Actor, CallContext } from '#platform/context.ts';
import type { Tx } from '#platform/db/db.ts';
import { refusePlatform } from '#platform/errors.ts';
import { parsePublicId } from '#platform/id.ts';
import { once } from '#platform/idempotency.ts';
import { flawOfWords } from '#platform/text.ts';
import type { PaymentsDeps } from '../deps.ts';
import { refusePayments } from '../errors.ts';
import { RECEIPT_PREFIX, receiptName } from '../record.ts';
import { findAccounts } from '../store/accounts.ts';
import { lockReceipt, type ReceiptDecision, type ReceiptRecord } from '../store/receipts.ts';
import type { Receiver } from './receive.ts';

const ROUTE = 'POST /v1/payments/receipts/:id/decision';

export type DecisionInput = { receiptId: string; decision: ReceiptDecision; subjectId?: string; reason: string };
export type DecisionAnswer = { id: string; status: string; decision: ReceiptDecision };

/**
 * A person's decision about an arrival that stands still: whose it is after all, or back to its payer. What was decided, by whom and with
 * which words is kept in the same commit; whoever drives the arrival next carries it out, as any step, harmless to repeat.
 *
 * @throws PAYMENTS_RECEIPT_NOT_FOUND, PAYMENTS_RECEIPT_NOT_STANDING, PAYMENTS_RECEIPT_NEEDS_PERSON, PAYMENTS_NO_ACCOUNT
 */
export async function decideReceipt(
  tx: Tx,
  input: DecisionInput & { actor: Actor; tenantOf: (receipt: ReceiptRecord) => string; nowMs: number },
  apply: Receiver['applyIn'],
): Promise<DecisionAnswer> {
  const { decision, subjectId, reason, actor } = input;
  const flaw = flawOfWords(reason);
  if (flaw !== undefined || reason.trim().length < 3)
    throw refusePlatform('PLATFORM_BAD_REQUEST', { detail: flaw ?? { pt: 'Diga o motivo.', en: 'Say why.' } });
  const id = parsePublicId(RECEIPT_PREFIX, input.receiptId);
  const receipt = await lockReceipt(tx, id);
  if (!receipt) throw refusePayments('PAYMENTS_RECEIPT_NOT_FOUND');
  const { status } = receipt;
  if ((status !== 'unmatched' && status !== 'mismatched') || receipt.decision !== null)
    throw refusePayments('PAYMENTS_RECEIPT_NOT_STANDING');
  const isNamed = decision === 'match' && status === 'unmatched';
  if (isNamed && subjectId === undefined) throw refusePayments('PAYMENTS_RECEIPT_NEEDS_PERSON');
  const tenantId = isNamed ? input.tenantOf(receipt) : null;
  if (isNamed) {
    const accounts = await findAccounts(tx, [subjectId!]);
    if (!accounts.some((account) => account.tenantId === tenantId)) throw refusePayments('PAYMENTS_NO_ACCOUNT');
  }
  const decided = await apply(tx, receipt, {
    fact: { type: 'decided', decision, tenantId, subjectId: isNamed ? subjectId! : null },
    step: {
      step: 'decision',
      startedAtMs: input.nowMs,
      durationMs: 0,
      outcome: { result: decision, ...(isNamed ? { subjectId } : {}) },
    },
    actor,
    reason,
  });
  if (!decided) throw refusePayments('PAYMENTS_RECEIPT_NOT_STANDING');
  return { id: receiptName(id), status, decision };
}

/** The same as an operation: once for an idempotency key, and carried out at once. */
export function createReceiptDecision({ db, clock }: PaymentsDeps, receiver: Receiver) {
  return async (ctx: CallContext, input: DecisionInput): Promise<{ status: number; replayed: boolean; body: DecisionAnswer }> => {
    const { tenantId, actor, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    const answer = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) =>
      once(tx, { tenantId, principal: actor.id, route: ROUTE, key, body: input }, async () => ({
        status: 200,
        body: await decideReceipt(tx, { ...input, actor, tenantOf: () => tenantId, nowMs: clock.now() }, receiver.applyIn),
      })),
    );
    return { ...answer, body: answer.body as DecisionAnswer };
  };
}
