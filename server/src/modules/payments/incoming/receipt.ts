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
      /** The second word on the amount: as it was announced, or as the statement has it. */
      saidMinor: bigint;
      payerSealed: Buffer;
      txid: string | null;
      receivedAtMs: number;
      returnOf: string | null;
    }
  | {
      type: 'found-nobodys';
      amountMinor: bigint;
      payerSealed: Buffer;
      txid: string | null;
      receivedAtMs: number;
      returnOf: string | null;
      payeeKeyHash: Buffer | null;
    }
  /** A person takes what the provider told for the amount, although it was announced otherwise. */
  | { type: 'accepted' }
  /** It goes back unmatched or mismatched: a person said so, or nobody's key it was for too long. */
  | { type: 'sent-home'; code: string; returnId: string }
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
/** Between two looks for the owner of what nobody's is. An account that opens wakes it at once; this is for whatever else may change. */
const UNMATCHED_PAUSE_MS = 3_600_000;

/** Which facts move a receipt on once it is known whose it is, and where to. Everything that is not here changes nothing. */
const MOVES: { readonly [S in ReceiptStatus]?: { readonly [F in ReceiptFact['type']]?: ReceiptStatus } } = {
  unmatched: { 'sent-home': 'returning' },
  mismatched: { accepted: 'matched', 'sent-home': 'returning' },
  matched: { credited: 'credited', 'credit-refused': 'returning' },
  returning: { 'set-aside': 'set-aside' },
  'set-aside': { 'return-unanswered': 'return-unknown', 'return-executed': 'sent-back', 'return-refused': 'return-refused' },
  'return-unknown': { 'return-not-received': 'set-aside', 'return-executed': 'sent-back', 'return-refused': 'return-refused' },
  'sent-back': { 'return-booked': 'returned' },
};

/** Sending, hearing nothing and finding that nothing arrived is a circle: each round counts as a try, so that rounds grow apart. */
const GOES_ROUND: ReadonlySet<ReceiptFact['type']> = new Set(['return-unanswered', 'return-not-received']);

/**
 * What is known after a fact: pure, as for payments. Only `matched` has money due, and only after two words of the provider agree on the
 * amount, the answer and the announcement (or the statement), or a person took the answer. What the ledger refuses goes back; whatever else cannot be credited stands still, visible, with the
 * reason as its status, until its owner appears, a person decides, or its time is up.
 */
export function evolveReceipt(receipt: ReceiptRecord, fact: ReceiptFact): ReceiptRecord {
  if (fact.type === 'nothing-learned') return { ...receipt, attempt: receipt.attempt + 1 };
  if (fact.type === 'found-ours' || fact.type === 'found-nobodys') return matchReceipt(receipt, fact);
  const status = MOVES[receipt.status]?.[fact.type];
  if (status === undefined) return receipt;
  const moved: ReceiptRecord = { ...receipt, ...UNDECIDED, status, attempt: GOES_ROUND.has(fact.type) ? receipt.attempt + 1 : 0 };
  if (fact.type === 'credit-refused' || fact.type === 'sent-home') return { ...moved, creditRefusal: fact.code, returnId: fact.returnId };
  if (fact.type === 'return-refused') return { ...moved, returnRefusal: fact.code };
  return fact.type === 'return-executed' ? { ...moved, returnedAtMs: fact.atMs } : moved;
}

/** A decision is carried out once. */
const UNDECIDED = { decision: null, decidedTenantId: null, decidedSubjectId: null } as const;

function matchReceipt(receipt: ReceiptRecord, fact: Extract<ReceiptFact, { type: 'found-ours' | 'found-nobodys' }>): ReceiptRecord {
  if (receipt.status !== 'announced' && receipt.status !== 'unmatched') return receipt;
  const { amountMinor, payerSealed, txid, receivedAtMs, returnOf } = fact;
  const told = { ...receipt, ...UNDECIDED, amountMinor, payerSealed, txid, receivedAtMs, returnOf, attempt: 0 };
  if (fact.type === 'found-nobodys') {
    const attempt = receipt.status === 'unmatched' ? receipt.attempt + 1 : 0;
    return { ...told, attempt, payeeKeyHash: fact.payeeKeyHash, status: 'unmatched' };
  }
  const { tenantId, subjectId, accountId, saidMinor } = fact;
  return { ...told, tenantId, subjectId, accountId, status: saidMinor === amountMinor && amountMinor > 0n ? 'matched' : 'mismatched' };
}

/** Over for good. What is unmatched or mismatched stands still, and may go on. */
const DONE: ReadonlySet<ReceiptStatus> = new Set(['credited', 'returned', 'return-refused']);
export const isDone = (status: ReceiptStatus): boolean => DONE.has(status);

/** How long until the next step is due, in milliseconds; null when nothing is to be done until somebody says so. */
export function pauseOf({ status, attempt, decision }: Pick<ReceiptRecord, 'status' | 'attempt' | 'decision'>): number | null {
  if (isDone(status) || (status === 'mismatched' && decision === null)) return null;
  if (status === 'unmatched' && decision === null) return backoffMs(1, UNMATCHED_PAUSE_MS, UNMATCHED_PAUSE_MS);
  return attempt === 0 ? 0 : backoffMs(attempt + 1, RETRY_BASE_MS, RETRY_MAX_MS);
}

/** Refusals of the day under which something is to be booked, not of the booking. */
const DATE_REFUSED: ReadonlySet<string> = new Set(['LEDGER_EFFECTIVE_IN_FUTURE', 'LEDGER_PERIOD_CLOSED']);
export const isDateRefused = (code: string | undefined): boolean => code !== undefined && DATE_REFUSED.has(code);

/**
 * Whether a refusal of the credit holds for good. The ledger remembers what it refused and answers the same for ever, so that money
 * refused under a receipt's one id can never be on the account. A conflict is the exception: something else was booked under that id,
 * perhaps this very money, and only people can tell.
 */
export const isFinalRefusal = (code: string | undefined): code is string => code !== undefined && code !== 'LEDGER_ID_CONFLICT';
