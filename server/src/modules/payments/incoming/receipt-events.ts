import type { NewEvent } from '#platform/bus/bus.ts';
import { derivedId } from '#platform/id.ts';
import {
  PAYMENT_PROGRESSED,
  type PaymentProgressed,
  PIX_RETURNED,
  type PixReturned,
  UNMATCHED_RETURNED,
  type UnmatchedReturned,
} from '../events.ts';
import { receiptName } from '../record.ts';
import type { ReceiptRecord } from '../store/receipts.ts';
import { RETURN_REASON } from './give-back.ts';

/** What others are told when a receipt comes to this status: of its credit or of its return, and of nothing on the way there. */
export function eventOf(receipt: ReceiptRecord, nowMs: number): NewEvent | null {
  const { id, tenantId, subjectId, endToEndId } = receipt;
  const at = new Date(nowMs).toISOString();
  const name = receiptName(id);
  const envelope = {
    tenantId,
    key: name,
    ...(subjectId === null ? {} : { subjectId }),
    actor: { kind: 'system' as const, id: 'payments' },
    time: at,
  };
  const amount = { amountMinor: String(receipt.amountMinor), currency: 'BRL' };
  if (receipt.status === 'credited') {
    const data: PaymentProgressed = {
      paymentId: name,
      subjectId: subjectId!,
      direction: 'in',
      method: 'pix',
      status: 'settled',
      previousStatus: null,
      ...amount,
      payeeHash: null,
      endToEndId,
      at,
    };
    return { ...envelope, id: derivedId('payments', 'received', id), type: PAYMENT_PROGRESSED, data };
  }
  if (receipt.status !== 'returned') return null;
  if (subjectId === null || receipt.accountId === null) {
    const data: UnmatchedReturned = {
      receiptId: name,
      ...amount,
      endToEndId,
      returnId: receipt.returnId!,
      reason: RETURN_REASON,
      why: receipt.creditRefusal!,
      returnedAt: new Date(receipt.returnedAtMs!).toISOString(),
      at,
    };
    return { ...envelope, id: derivedId('payments', 'returned', id), type: UNMATCHED_RETURNED, data };
  }
  const data: PixReturned = {
    receiptId: name,
    subjectId,
    ledgerAccountId: receipt.accountId,
    ...amount,
    endToEndId,
    returnId: receipt.returnId!,
    reason: RETURN_REASON,
    refusal: receipt.creditRefusal!,
    returnedAt: new Date(receipt.returnedAtMs!).toISOString(),
    at,
  };
  return { ...envelope, id: derivedId('payments', 'returned', id), type: PIX_RETURNED, data };
}
