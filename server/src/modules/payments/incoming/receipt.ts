import type { ReceiptRecord } from '../store/receipts.ts';

/** What was learned about money coming in. */
export type ReceiptFact =
  /** The provider, asked again, tells what arrived, and the key is one of ours. */
  | {
      type: 'found-ours';
      tenantId: string;
      subjectId: string;
      accountId: string;
      amountMinor: bigint;
      payerSealed: Buffer;
      txid: string | null;
      receivedAtMs: number;
    }
  | { type: 'found-nobodys'; amountMinor: bigint; payerSealed: Buffer; txid: string | null; receivedAtMs: number }
  | { type: 'credited' }
  | { type: 'nothing-learned' };

/**
 * What is known after a fact: pure, as for payments. Only `matched` has money due, and only after announcement and answer agree on the
 * amount; whatever cannot be credited stays, visible, with the reason as its status.
 */
export function evolveReceipt(receipt: ReceiptRecord, fact: ReceiptFact): ReceiptRecord {
  if (fact.type === 'nothing-learned') return { ...receipt, attempt: receipt.attempt + 1 };
  if (fact.type === 'credited') return receipt.status === 'matched' ? { ...receipt, status: 'credited', attempt: 0 } : receipt;
  if (receipt.status !== 'announced') return receipt;
  const { amountMinor, payerSealed, txid, receivedAtMs } = fact;
  const told = { ...receipt, amountMinor, payerSealed, txid, receivedAtMs, attempt: 0 };
  if (fact.type === 'found-nobodys') return { ...told, status: 'unmatched' };
  const { tenantId, subjectId, accountId } = fact;
  const isSame = receipt.announcedMinor === null || receipt.announcedMinor === amountMinor;
  return { ...told, tenantId, subjectId, accountId, status: isSame && amountMinor > 0n ? 'matched' : 'mismatched' };
}

export const isDone = (status: ReceiptRecord['status']): boolean => status !== 'announced' && status !== 'matched';
