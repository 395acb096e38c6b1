import { backoffMs } from '#platform/backoff.ts';
import type { ReceiptRecord, ReceiptStatus } from '../store/receipts.ts';

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
  /** The ledger will never take the credit; `returnId` names the return from now on. */
  | { type: 'credit-refused'; code: string; returnId: string }
  /** Our books hold the money as owed to the payer. */
  | { type: 'set-aside' }
  /** The return was sent, or may have been, and no answer tells what became of it. */
  | { type: 'return-unanswered' }
  /** The provider never received the return: its own word, so that sending again (under the same id) is right. */
  | { type: 'return-not-received' }
  | { type: 'return-executed'; atMs: number }
  /** The provider's own word that it will not give the money back. */
  | { type: 'return-refused'; code: string }
  | { type: 'return-booked' }
  | { type: 'nothing-learned' };

const RETRY_BASE_MS = 250;
const RETRY_MAX_MS = 30_000;

/** Which facts move a receipt on once it is known whose it is, and where to. Everything that is not here changes nothing. */
const MOVES: { readonly [S in ReceiptStatus]?: { readonly [F in ReceiptFact['type']]?: ReceiptStatus } } = {
  matched: { credited: 'credited', 'credit-refused': 'returning' },
  returning: { 'set-aside': 'set-aside' },
  'set-aside': { 'return-unanswered': 'return-unknown', 'return-executed': 'sent-back', 'return-refused': 'return-refused' },
  'return-unknown': { 'return-not-received': 'set-aside', 'return-executed': 'sent-back', 'return-refused': 'return-refused' },
  'sent-back': { 'return-booked': 'returned' },
};

/** Sending, hearing nothing and finding that nothing arrived is a circle: each round counts as a try, so that rounds grow apart. */
const GOES_ROUND: ReadonlySet<ReceiptFact['type']> = new Set(['return-unanswered', 'return-not-received']);

/**
 * What is known after a fact: pure, as for payments. Only `matched` has money due, and only after announcement and answer agree on the
 * amount. What the ledger refuses goes back; whatever else cannot be credited stays, visible, with the reason as its status.
 */
export function evolveReceipt(receipt: ReceiptRecord, fact: ReceiptFact): ReceiptRecord {
  if (fact.type === 'nothing-learned') return { ...receipt, attempt: receipt.attempt + 1 };
  if (fact.type === 'found-ours' || fact.type === 'found-nobodys') return matchReceipt(receipt, fact);
  const status = MOVES[receipt.status]?.[fact.type];
  if (status === undefined) return receipt;
  const moved = { ...receipt, status, attempt: GOES_ROUND.has(fact.type) ? receipt.attempt + 1 : 0 };
  if (fact.type === 'credit-refused') return { ...moved, creditRefusal: fact.code, returnId: fact.returnId };
  if (fact.type === 'return-refused') return { ...moved, returnRefusal: fact.code };
  return fact.type === 'return-executed' ? { ...moved, returnedAtMs: fact.atMs } : moved;
}

function matchReceipt(receipt: ReceiptRecord, fact: Extract<ReceiptFact, { type: 'found-ours' | 'found-nobodys' }>): ReceiptRecord {
  if (receipt.status !== 'announced') return receipt;
  const { amountMinor, payerSealed, txid, receivedAtMs } = fact;
  const told = { ...receipt, amountMinor, payerSealed, txid, receivedAtMs, attempt: 0 };
  if (fact.type === 'found-nobodys') return { ...told, status: 'unmatched' };
  const { tenantId, subjectId, accountId } = fact;
  const isSame = receipt.announcedMinor === null || receipt.announcedMinor === amountMinor;
  return { ...told, tenantId, subjectId, accountId, status: isSame && amountMinor > 0n ? 'matched' : 'mismatched' };
}

const DONE: ReadonlySet<ReceiptStatus> = new Set(['credited', 'unmatched', 'mismatched', 'returned', 'return-refused']);
export const isDone = (status: ReceiptStatus): boolean => DONE.has(status);

/** How long until the next step is due, in milliseconds; null when nothing is to be done any more. */
export function pauseOf({ status, attempt }: Pick<ReceiptRecord, 'status' | 'attempt'>): number | null {
  if (isDone(status)) return null;
  return attempt === 0 ? 0 : backoffMs(attempt, RETRY_BASE_MS, RETRY_MAX_MS);
}

/**
 * Whether a refusal of the credit holds for good. The ledger remembers what it refused and answers the same for ever, so that money
 * refused under a receipt's one id can never be on the account. A conflict is the exception: something else was booked under that id,
 * perhaps this very money, and only people can tell.
 */
export const isFinalRefusal = (code: string | undefined): code is string => code !== undefined && code !== 'LEDGER_ID_CONFLICT';
