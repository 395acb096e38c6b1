import type { Db } from '#platform/db/db.ts';
import { parseDecimalAmount } from './domain/amount.ts';
import type { Movement } from './provider/messages.ts';
import type { PaymentRecord } from './record.ts';
import { findByEndToEndIds } from './store/payments.ts';
import { findReceiptsByEndToEndIds, type ReceiptRecord, type ReceiptStatus } from './store/receipts.ts';

/**
 * - `executed-not-settled`: the provider executed it, we have not posted it (yet);
 * - `executed-but-ended`: the provider executed it, we ended it otherwise: money is missing;
 * - `settled-not-executed`: we posted it, the provider did not execute it;
 * - `amount-differs`: both know it, with different amounts (or a return under another id than ours);
 * - `unknown-out`: the provider executed something that is no payment of ours;
 * - `received-not-credited`: money arrived that no account has (yet), `receiptStatus` says why;
 * - `unknown-in`: money arrived of which no announcement is known;
 * - `credited-not-received`: we credited what the provider does not know;
 * - `returned-but-credited`: the provider gave it back, an account has it: money is missing;
 * - `returned-not-booked`: the provider gave it back, we have not taken it off our books (yet);
 * - `booked-not-returned`: we took it off our books as given back, the provider did not give it back;
 * - `unknown-return`: the provider gave back what we know nothing of.
 *
 * Money set aside to be given back is no difference: like the provider's, our clearing account holds it until the return is executed.
 */
export type DifferenceKind =
  | 'executed-not-settled'
  | 'executed-but-ended'
  | 'settled-not-executed'
  | 'amount-differs'
  | 'unknown-out'
  | 'received-not-credited'
  | 'unknown-in'
  | 'credited-not-received'
  | 'returned-but-credited'
  | 'returned-not-booked'
  | 'booked-not-returned'
  | 'unknown-return';
export type Difference = { kind: DifferenceKind; endToEndId: string; ours: string | null; theirs: string | null; amountMinor: string };
export type Books = {
  payments: readonly PaymentRecord[];
  receipts: readonly ReceiptRecord[];
  /** End-to-end ids of what was, to our knowledge, given back in the period: a return may come long after the arrival. */
  returned?: ReadonlySet<string>;
};

/** Of these, clearing has the arrival; what became of it since is told by the line of its return. */
const ON_THE_BOOKS: ReadonlySet<ReceiptStatus> = new Set(['credited', 'set-aside', 'return-unknown', 'sent-back', 'returned']);

/** Compares what the provider really did with what our books say. Pure. */
export function compare(theirs: readonly Movement[], ours: Books): Difference[] {
  const differences: Difference[] = [];
  const payments = new Map(ours.payments.map((payment) => [payment.endToEndId, payment]));
  const receipts = new Map(ours.receipts.map((receipt) => [receipt.endToEndId, receipt]));
  const executed = new Set<string>();
  const received = new Set<string>();
  const givenBack = new Set<string>();
  for (const movement of theirs) {
    const { endToEndId, returnId, direction, status } = movement;
    const amount = parseDecimalAmount(movement.amount) ?? -1n;
    const differs = (kind: DifferenceKind, own: string | null) =>
      differences.push({ kind, endToEndId, ours: own, theirs: status, amountMinor: amount.toString() });
    if (direction === 'in') {
      received.add(endToEndId);
      const receipt = receipts.get(endToEndId);
      if (!receipt) differs('unknown-in', null);
      else if (!ON_THE_BOOKS.has(receipt.status)) differs('received-not-credited', receipt.status);
      else if (receipt.amountMinor !== amount) differs('amount-differs', receipt.status);
      continue;
    }
    if (status === 'returned') {
      givenBack.add(endToEndId);
      const receipt = receipts.get(endToEndId);
      if (!receipt) differs('unknown-return', null);
      else if (receipt.status === 'credited') differs('returned-but-credited', receipt.status);
      else if (receipt.status !== 'returned') differs('returned-not-booked', receipt.status);
      else if (receipt.amountMinor !== amount || receipt.returnId !== returnId) differs('amount-differs', receipt.status);
      continue;
    }
    if (status !== 'settled') continue;
    executed.add(endToEndId);
    const payment = payments.get(endToEndId);
    if (!payment) differs('unknown-out', null);
    else if (payment.amountMinor !== amount) differs('amount-differs', payment.status);
    else if (payment.status === 'failed' || payment.status === 'declined') differs('executed-but-ended', payment.status);
    else if (payment.status !== 'settled') differs('executed-not-settled', payment.status);
  }
  for (const { endToEndId, status, route, amountMinor } of ours.payments) {
    if (route === 'pix' && status === 'settled' && !executed.has(endToEndId)) {
      differences.push({ kind: 'settled-not-executed', endToEndId, ours: status, theirs: null, amountMinor: amountMinor.toString() });
    }
  }
  for (const { endToEndId, status, amountMinor } of ours.receipts) {
    if (status === 'credited' && !received.has(endToEndId)) {
      differences.push({ kind: 'credited-not-received', endToEndId, ours: status, theirs: null, amountMinor: String(amountMinor) });
    }
    if (ours.returned?.has(endToEndId) && !givenBack.has(endToEndId)) {
      differences.push({ kind: 'booked-not-returned', endToEndId, ours: status, theirs: null, amountMinor: String(amountMinor) });
    }
  }
  return differences;
}

/** Compares a period of the provider's statement with our books: what the provider names, and what ours settled in it. */
export async function reconcile(
  db: Db,
  fetchStatement: (fromIso: string, toIso: string) => Promise<Movement[]>,
  period: { fromMs: number; toMs: number },
): Promise<Difference[]> {
  const theirs = await fetchStatement(new Date(period.fromMs).toISOString(), new Date(period.toMs).toISOString());
  const named = theirs.map(({ endToEndId }) => endToEndId);
  return db.tx({ module: 'payments', system: true }, async (tx) => {
    const rows = await tx.query<{ end_to_end_id: string }>(
      `select end_to_end_id from payments.payments where route = 'pix' and status = 'settled' and settled_at >= $1 and settled_at < $2
       union select end_to_end_id from payments.receipts where status = 'credited' and received_at >= $1 and received_at < $2`,
      [new Date(period.fromMs), new Date(period.toMs)],
    );
    const back = await tx.query<{ end_to_end_id: string }>(
      `select end_to_end_id from payments.receipts where status = 'returned' and returned_at >= $1 and returned_at < $2`,
      [new Date(period.fromMs), new Date(period.toMs)],
    );
    const returned = new Set(back.map((row) => row.end_to_end_id));
    const ids = [...new Set([...named, ...rows.map((row) => row.end_to_end_id), ...returned])];
    return compare(theirs, { payments: await findByEndToEndIds(tx, ids), receipts: await findReceiptsByEndToEndIds(tx, ids), returned });
  });
}
