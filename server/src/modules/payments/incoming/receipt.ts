import { backoffMs } from '#platform/backoff.ts';
import { assert } from '#platform/errors.ts';
import { define } from '#platform/machine/definition.ts';
import type { CommonFact } from '#platform/machine/run.ts';
import { makeReturnId, parseEndToEndId } from '../domain/end-to-end-id.ts';
import type { SentReturnFact } from '../returning.ts';
import type { ReceiptDecision, ReceiptRecord } from '../store/receipts.ts';

/** What was learned about money coming in. */
export type ReceiptFact =
  | CommonFact
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
      /** Of a return: what all returns of the same payment together may not exceed, and the fact that holds if with this one they would. */
      limit?: { amountMinor: bigint; otherwise: ReceiptFact };
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
  | SentReturnFact
  | { type: 'return-booked' }
  /** A person has a refused return sent once more, under another id. */
  | { type: 'return-again'; returnId: string }
  /** A person keeps money whose return was refused: our books owe it. */
  | { type: 'kept' }
  /** What a person decided about an arrival that stands still; it is carried out next. With `match`, to whom, where the key does not tell. */
  | { type: 'decided'; decision: ReceiptDecision; tenantId: string | null; subjectId: string | null };

export type ReceiptAction = 'ask-receipt' | 'decide' | 'credit' | 'set-aside' | 'return' | 'query-return' | 'book-return';

/** Between two looks for the owner of what nobody's is. An account that opens wakes it at once; this is for whatever else may change. */
const UNMATCHED_PAUSE_MS = 3_600_000;

/** A decision is carried out once. */
const UNDECIDED = { decision: null, decidedTenantId: null, decidedSubjectId: null } as const;

/**
 * The life of an arrival, as for payments. Only `matched` has money due, and only after two words of the provider agree on the amount, the
 * answer and the announcement (or the statement), or a person took the answer. What the ledger refuses goes back; whatever else cannot be
 * credited stands still, visible, with the reason as its status, until its owner appears, a person decides, or its time is up.
 */
export const RECEIVING = define<ReceiptRecord, ReceiptFact, ReceiptAction>({
  version: 1,
  begins: 'announced',
  table: {
    announced: { does: 'ask-receipt', on: { 'found-ours': ['matched', 'mismatched'], 'found-nobodys': 'unmatched' } },
    unmatched: { is: 'people', does: 'ask-receipt', on: { 'found-ours': ['matched', 'mismatched'], 'sent-home': 'returning' } },
    mismatched: { is: 'people', does: 'decide', on: { accepted: 'matched', 'sent-home': 'returning' } },
    matched: { does: 'credit', on: { credited: 'credited', 'credit-refused': 'returning' } },
    returning: { does: 'set-aside', on: { 'set-aside': 'set-aside' } },
    'set-aside': {
      does: 'return',
      on: { 'return-unanswered': 'return-unknown', 'return-executed': 'sent-back', 'return-refused': 'return-refused' },
    },
    'return-unknown': {
      does: 'query-return',
      on: { 'return-not-received': 'set-aside', 'return-executed': 'sent-back', 'return-refused': 'return-refused' },
    },
    'sent-back': { does: 'book-return', on: { 'return-booked': 'returned' } },
    credited: { is: 'end' },
    returned: { is: 'end' },
    'return-refused': { is: 'people', on: { 'return-again': 'set-aside', kept: 'kept' } },
    kept: { is: 'end' },
  },
  // Sending, hearing nothing and finding that nothing arrived is a circle: each round counts as a try.
  goesRound: ['return-unanswered', 'return-not-received'],
  judge(receipt, fact) {
    if (fact.type !== 'decided') return null;
    if (receipt.status !== 'unmatched' && receipt.status !== 'mismatched') return { run: receipt, verdict: 'ignored' };
    const { decision, tenantId, subjectId } = fact;
    return { run: { ...receipt, attempt: 0, decision, decidedTenantId: tenantId, decidedSubjectId: subjectId }, verdict: 'moved' };
  },
  choose(_receipt, fact) {
    if (fact.type !== 'found-ours') return undefined;
    return fact.saidMinor === fact.amountMinor && fact.amountMinor > 0n ? 'matched' : 'mismatched';
  },
  learn(moved, fact) {
    const receipt = { ...moved, ...UNDECIDED };
    if (fact.type === 'found-nobodys') return { ...receipt, ...toldBy(fact), payeeKeyHash: fact.payeeKeyHash };
    if (fact.type === 'found-ours') {
      const { tenantId, subjectId, accountId } = fact;
      return { ...receipt, ...toldBy(fact), tenantId, subjectId, accountId };
    }
    if (fact.type === 'credit-refused' || fact.type === 'sent-home')
      return { ...receipt, creditRefusal: fact.code, returnId: fact.returnId };
    if (fact.type === 'return-refused') return { ...receipt, returnRefusal: fact.code };
    if (fact.type === 'return-again') return { ...receipt, returnId: fact.returnId, returnRefusal: null };
    return fact.type === 'return-executed' ? { ...receipt, returnedAtMs: fact.atMs } : receipt;
  },
  note(receipt, fact) {
    if (receipt.status !== 'unmatched' || fact.type !== 'found-nobodys') return null;
    return { ...receipt, ...UNDECIDED, ...toldBy(fact), payeeKeyHash: fact.payeeKeyHash };
  },
  next({ status, decision }) {
    if (decision !== null || (status !== 'mismatched' && status !== 'unmatched')) return undefined;
    return status === 'mismatched' ? null : { action: 'ask-receipt', afterMs: backoffMs(1, UNMATCHED_PAUSE_MS, UNMATCHED_PAUSE_MS) };
  },
});

const toldBy = ({
  amountMinor,
  payerSealed,
  txid,
  receivedAtMs,
  returnOf,
}: Extract<ReceiptFact, { type: 'found-ours' | 'found-nobodys' }>) => ({
  amountMinor,
  payerSealed,
  txid,
  receivedAtMs,
  returnOf,
});

/** The id of a return that is sent once more: another than that which was refused, from the same institution. */
export function nextReturnId({ id, version, returnId }: Pick<ReceiptRecord, 'id' | 'version' | 'returnId'>, nowMs: number): string {
  const refused = parseEndToEndId(returnId ?? '');
  assert(refused, 'a return that was refused has an id');
  return makeReturnId(refused.ispb, nowMs, `${id}/${version}`);
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
