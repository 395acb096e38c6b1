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
import { nextReturnId, type ReceiptFact } from './receipt.ts';
import type { Receiver } from './receive.ts';

const ROUTE = 'POST /v1/payments/receipts/:id/decision';

/** What is decided about a return that the provider refused. */
export type Decision = ReceiptDecision | 'return-again' | 'keep';

export type DecisionInput = { receiptId: string; decision: Decision; accountId?: string; reason: string };
export type DecisionAnswer = { id: string; status: string; decision: Decision };

/**
 * A person's decision about an arrival that stands still: whose it is after all, or back to its payer; and of a return that the provider
 * refused, whether it is sent again or the money kept. What was decided, by whom and with
 * which words is kept in the same commit; whoever drives the arrival next carries it out, as any step, harmless to repeat.
 *
 * @throws PAYMENTS_RECEIPT_NOT_FOUND, PAYMENTS_RECEIPT_NOT_STANDING, PAYMENTS_RECEIPT_NEEDS_PERSON, PAYMENTS_NO_ACCOUNT
 */
export async function decideReceipt(
  tx: Tx,
  input: DecisionInput & { actor: Actor; tenantOf: (receipt: ReceiptRecord) => string; nowMs: number },
  apply: Receiver['applyIn'],
): Promise<DecisionAnswer> {
  const { decision, reason, actor } = input;
  const flaw = flawOfWords(reason);
  if (flaw !== undefined || reason.trim().length < 3)
    throw refusePlatform('PLATFORM_BAD_REQUEST', { detail: flaw ?? { pt: 'Diga o motivo.', en: 'Say why.' } });
  const { receipt, fact, outcome } = await judgeDecision(tx, input);
  const { id, status } = receipt;
  const decided = await apply(tx, receipt, {
    fact,
    step: { step: 'decision', startedAtMs: input.nowMs, durationMs: 0, outcome: { result: decision, ...outcome } },
    actor,
    reason,
  });
  if (!decided) throw refusePayments('PAYMENTS_RECEIPT_NOT_STANDING');
  return { id: receiptName(id), status, decision };
}

/** What such a decision would be, of an arrival that is locked from now on. @throws as `decideReceipt` */
export async function judgeDecision(
  tx: Tx,
  input: Omit<DecisionInput, 'reason'> & { tenantOf: (receipt: ReceiptRecord) => string; nowMs: number },
): Promise<Decided & { receipt: ReceiptRecord }> {
  const receipt = await lockReceipt(tx, parsePublicId(RECEIPT_PREFIX, input.receiptId));
  if (!receipt) throw refusePayments('PAYMENTS_RECEIPT_NOT_FOUND');
  return { receipt, ...(receipt.status === 'return-refused' ? onRefused(receipt, input) : await onStanding(tx, receipt, input)) };
}

type Decided = { fact: ReceiptFact; outcome: Record<string, unknown> };

/** About a return that the provider refused: once more under another id, or the money stays here, owed. */
function onRefused(receipt: ReceiptRecord, { decision, nowMs }: { decision: Decision; nowMs: number }): Decided {
  if (decision === 'keep') return { fact: { type: 'kept' }, outcome: {} };
  if (decision !== 'return-again') throw refusePayments('PAYMENTS_RECEIPT_NOT_STANDING');
  const returnId = nextReturnId(receipt, nowMs);
  return { fact: { type: 'return-again', returnId }, outcome: { returnId, refused: receipt.returnId } };
}

/** About an arrival that has no owner, or another amount than announced. */
async function onStanding(
  tx: Tx,
  receipt: ReceiptRecord,
  { decision, accountId, tenantOf }: Omit<DecisionInput, 'reason'> & { tenantOf: (receipt: ReceiptRecord) => string },
): Promise<Decided> {
  const { status } = receipt;
  const isStanding = (status === 'unmatched' || status === 'mismatched') && receipt.decision === null;
  if (!isStanding || (decision !== 'match' && decision !== 'give-back')) throw refusePayments('PAYMENTS_RECEIPT_NOT_STANDING');
  const isNamed = decision === 'match' && status === 'unmatched';
  if (isNamed && accountId === undefined) throw refusePayments('PAYMENTS_RECEIPT_NEEDS_PERSON');
  const tenantId = isNamed ? tenantOf(receipt) : null;
  if (isNamed) {
    const accounts = await findAccounts(tx, [accountId!]);
    if (!accounts.some((account) => account.tenantId === tenantId)) throw refusePayments('PAYMENTS_NO_ACCOUNT');
  }
  const fact = { type: 'decided', decision, tenantId, subjectId: isNamed ? accountId! : null } as const;
  return { fact, outcome: isNamed ? { accountId } : {} };
}

/** The same as an operation: once for an idempotency key, and carried out at once. */
export function createReceiptDecision({ db, clock }: PaymentsDeps, receiver: Receiver) {
  return async (ctx: CallContext, input: DecisionInput): Promise<{ status: number; replayed: boolean; body: DecisionAnswer }> => {
    const { tenantId, actor, idempotencyKey: key } = ctx;
    if (key === undefined) throw refusePlatform('PLATFORM_IDEMPOTENCY_KEY_REQUIRED');
    if (actor.kind === 'operator') throw refusePayments('PAYMENTS_TAKES_TWO');
    const answer = await db.tx({ module: 'payments', tenants: [tenantId] }, (tx) =>
      once(tx, { tenantId, principal: actor.id, route: ROUTE, key, body: input }, async () => ({
        status: 200,
        body: await decideReceipt(tx, { ...input, actor, tenantOf: () => tenantId, nowMs: clock.now() }, receiver.applyIn),
      })),
    );
    return { ...answer, body: answer.body as DecisionAnswer };
  };
}
