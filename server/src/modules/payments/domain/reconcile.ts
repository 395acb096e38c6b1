import { businessDate } from '#platform/clock.ts';
import { instantMs } from '#platform/dates.ts';
import type { Movement } from '../rails/port.ts';
import type { PaymentRecord } from '../record.ts';
import type { DevolucaoRecord } from '../store/devolucoes.ts';
import type { ReceiptRecord, ReceiptStatus } from '../store/receipts.ts';
import { parseDecimalAmount } from './amount.ts';
import { cameToNothing } from './devolucao.ts';

/** Classes of differences (PAY-4), by kind. */
export const CLASS_OF = {
  /** The provider executed it, we have not posted it (yet). */
  'executed-not-settled': 'status-differs',
  /** The provider executed it, we ended it otherwise: money is missing. */
  'executed-but-ended': 'contradiction',
  /** Two words of the provider contradict each other; the payment waits for people. */
  disputed: 'contradiction',
  /** The provider took a settlement back, our books have it. */
  'settlement-revoked': 'contradiction',
  /** We posted it, the provider did not execute it. */
  'settled-not-executed': 'missing-there',
  /** Both know it, with different amounts (or a return under another id than ours). */
  'amount-differs': 'amount-differs',
  /** Both know it, on times that lie apart. */
  'date-differs': 'date-differs',
  /** The provider's statement has it twice. */
  duplicate: 'duplicate',
  /** The provider executed something that is no payment of ours. */
  'unknown-out': 'missing-here',
  /** Money arrived of which nothing is known here. */
  'unknown-in': 'missing-here',
  /** Money arrived that no account has (yet); our side says why. */
  'received-not-credited': 'status-differs',
  /** We credited what the provider does not know. */
  'credited-not-received': 'missing-there',
  /** The provider gave it back, an account has it: money is missing. */
  'returned-but-credited': 'contradiction',
  /** The provider gave it back, we have not taken it off our books (yet). */
  'returned-not-booked': 'status-differs',
  /** We took it off our books as given back, the provider did not give it back. */
  'booked-not-returned': 'missing-there',
  /** The provider gave back what we know nothing of. */
  'unknown-return': 'missing-here',
  /** Our row says it is booked, the ledger's clearing account does not have it. */
  'not-on-clearing': 'missing-in-ledger',
  /** On a business date the clearing account moved by another sum than the provider's lines. */
  'clearing-differs': 'balance-differs',
} as const;
export type DifferenceKind = keyof typeof CLASS_OF;
export type DifferenceClass = (typeof CLASS_OF)[DifferenceKind];

export type Difference = {
  kind: DifferenceKind;
  endToEndId: string;
  returnId?: string;
  ours: string | null;
  theirs: string | null;
  amountMinor: string;
  /** Epoch milliseconds of when it happened, by whoever knows of it; absent where neither side dates it. */
  atMs?: number;
};
export type Books = {
  payments: readonly PaymentRecord[];
  receipts: readonly ReceiptRecord[];
  /** Of what people gave back: those that the provider's lines name, and those that our books have in the period. */
  devolucoes?: readonly DevolucaoRecord[];
  /** End-to-end ids of what was, to our knowledge, given back in the period: a return may come long after the arrival. */
  returned?: ReadonlySet<string>;
};

/** Of these, clearing has the arrival; what became of it since is told by the line of its return. */
const ON_THE_BOOKS: ReadonlySet<ReceiptStatus> = new Set(['credited', 'set-aside', 'return-unknown', 'sent-back', 'returned', 'kept']);
/** Between the provider's clock and the time we were told. */
const DATE_TOLERANCE_MS = 10 * 60_000;

const isApart = (oursMs: number | null | undefined, theirs: string): boolean =>
  typeof oursMs === 'number' && Math.abs(oursMs - instantMs(theirs)) > DATE_TOLERANCE_MS;

/**
 * Adds the lines of a stretch of time to the sums of their business dates: what came in less what went out, in minor units. A line that is
 * there twice is one.
 */
export function addNets(nets: Map<string, bigint>, lines: readonly Movement[]): void {
  const seen = new Set<string>();
  for (const { endToEndId, returnId = '', direction, status, amount, at } of lines) {
    const name = `${direction}/${status}/${endToEndId}/${returnId}`;
    if (seen.has(name) || (direction === 'out' && status !== 'settled' && status !== 'returned')) continue;
    seen.add(name);
    const minor = parseDecimalAmount(amount) ?? 0n;
    const date = businessDate(instantMs(at));
    nets.set(date, (nets.get(date) ?? 0n) + (direction === 'in' ? minor : -minor));
  }
}

type Own = { kind: DifferenceKind; ours: string | null };

function judgeArrival(receipt: ReceiptRecord | undefined, amount: bigint, at: string): Own | null {
  if (!receipt) return { kind: 'unknown-in', ours: null };
  const ours = receipt.status;
  if (!ON_THE_BOOKS.has(receipt.status)) return { kind: 'received-not-credited', ours };
  if (receipt.amountMinor !== amount) return { kind: 'amount-differs', ours };
  return isApart(receipt.receivedAtMs, at) ? { kind: 'date-differs', ours } : null;
}

function judgeReturn(receipt: ReceiptRecord | undefined, amount: bigint, returnId: string | undefined): Own | null {
  if (!receipt) return { kind: 'unknown-return', ours: null };
  const ours = receipt.status;
  if (receipt.status === 'credited') return { kind: 'returned-but-credited', ours };
  if (receipt.status !== 'returned') return { kind: 'returned-not-booked', ours };
  return receipt.amountMinor !== amount || receipt.returnId !== returnId ? { kind: 'amount-differs', ours } : null;
}

/** The same of what a person gave back: its line names the return. */
function judgeDevolucao({ status, amountMinor, returnedAtMs }: DevolucaoRecord, amount: bigint, at: string): Own | null {
  if (cameToNothing(status)) return { kind: 'returned-but-credited', ours: status };
  if (status !== 'settled') return { kind: 'returned-not-booked', ours: status };
  if (amountMinor !== amount) return { kind: 'amount-differs', ours: status };
  return isApart(returnedAtMs, at) ? { kind: 'date-differs', ours: status } : null;
}

function judgePayment(payment: PaymentRecord | undefined, amount: bigint, at: string): Own | null {
  if (!payment) return { kind: 'unknown-out', ours: null };
  const ours = payment.status;
  if (payment.amountMinor !== amount) return { kind: 'amount-differs', ours };
  if (payment.status === 'disputed') return { kind: 'disputed', ours };
  if (payment.status === 'failed' || payment.status === 'declined') return { kind: 'executed-but-ended', ours };
  if (payment.status !== 'settled') return { kind: 'executed-not-settled', ours };
  return isApart(payment.settledAtMs, at) ? { kind: 'date-differs', ours } : null;
}

/**
 * Compares what the provider really did with what our books say. Pure. Money set aside to be given back is no difference: like the
 * provider's, our clearing account holds it until the return is executed.
 */
export function compare(theirs: readonly Movement[], ours: Books): Difference[] {
  const differences: Difference[] = [];
  const payments = new Map(ours.payments.map((payment) => [payment.endToEndId, payment]));
  const receipts = new Map(ours.receipts.map((receipt) => [receipt.endToEndId, receipt]));
  const devolucoes = new Map((ours.devolucoes ?? []).map((one) => [one.returnId, one]));
  const revoked = new Set(
    theirs.flatMap(({ direction, status, endToEndId }) => (direction === 'in' && status === 'reversed' ? [endToEndId] : [])),
  );
  const seen = { executed: new Set<string>(), received: new Set<string>(), givenBack: new Set<string>() };
  const lines = new Set<string>();
  for (const movement of theirs) {
    const { endToEndId, returnId, direction, status, at } = movement;
    if (direction === 'out' && status !== 'settled' && status !== 'returned') continue;
    const amount = parseDecimalAmount(movement.amount) ?? -1n;
    const add = ({ kind, ours: own }: Own) => {
      const atMs = instantMs(at);
      differences.push({
        kind,
        endToEndId,
        ...(returnId === undefined ? {} : { returnId }),
        ours: own,
        theirs: status,
        amountMinor: amount.toString(),
        ...(Number.isNaN(atMs) ? {} : { atMs }),
      });
    };
    const name = `${direction}/${status}/${endToEndId}/${returnId ?? ''}`;
    if (lines.has(name)) {
      add({ kind: 'duplicate', ours: (direction === 'out' && status === 'settled' ? payments : receipts).get(endToEndId)?.status ?? null });
      continue;
    }
    lines.add(name);
    if (direction === 'in' && status === 'reversed') {
      const own = payments.get(endToEndId)?.status ?? null;
      if (own !== 'failed') add({ kind: 'settlement-revoked', ours: own });
      continue;
    }
    if (direction === 'in') seen.received.add(endToEndId);
    else (status === 'returned' ? seen.givenBack : seen.executed).add(endToEndId);
    if (returnId !== undefined) seen.givenBack.add(returnId);
    // What was taken back is told by the line that took it back.
    if (status === 'settled' && revoked.has(endToEndId)) continue;
    const devolucao = devolucoes.get(returnId ?? '');
    let judged: Own | null;
    if (direction === 'in') judged = judgeArrival(receipts.get(endToEndId), amount, at);
    else if (status !== 'returned') judged = judgePayment(payments.get(endToEndId), amount, at);
    else judged = devolucao ? judgeDevolucao(devolucao, amount, at) : judgeReturn(receipts.get(endToEndId), amount, returnId);
    if (judged) add(judged);
  }
  return [...differences, ...missingThere(ours, seen)];
}

function missingThere(
  { payments, receipts, devolucoes = [], returned }: Books,
  seen: Record<'executed' | 'received' | 'givenBack', ReadonlySet<string>>,
): Difference[] {
  const missing: Difference[] = [];
  const add = (kind: DifferenceKind, endToEndId: string, ours: string, amountMinor: bigint | null, atMs: number | null | undefined) =>
    missing.push({ kind, endToEndId, ours, theirs: null, amountMinor: String(amountMinor), ...(typeof atMs === 'number' ? { atMs } : {}) });
  for (const { endToEndId, status, route, amountMinor, settledAtMs } of payments) {
    if (route === 'pix' && status === 'settled' && !seen.executed.has(endToEndId))
      add('settled-not-executed', endToEndId, status, amountMinor, settledAtMs);
  }
  for (const { endToEndId, status, amountMinor, receivedAtMs, returnedAtMs } of receipts) {
    if (status === 'credited' && !seen.received.has(endToEndId))
      add('credited-not-received', endToEndId, status, amountMinor, receivedAtMs);
    if (returned?.has(endToEndId) && !seen.givenBack.has(endToEndId))
      add('booked-not-returned', endToEndId, status, amountMinor, returnedAtMs);
  }
  for (const { route, returnId, endToEndId, status, amountMinor, returnedAtMs } of devolucoes) {
    if (route !== 'pix' || status !== 'settled' || seen.givenBack.has(returnId)) continue;
    add('booked-not-returned', endToEndId, status, amountMinor, returnedAtMs);
    missing.at(-1)!.returnId = returnId;
  }
  return missing;
}
