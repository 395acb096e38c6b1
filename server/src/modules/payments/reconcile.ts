import type { Db } from '#platform/db/db.ts';
import { DEFAULT_CONNECTION } from './connections/names.ts';
import { compare, type Difference } from './domain/reconcile.ts';
import type { Movement } from './rails/port.ts';
import type { PaymentRecord } from './record.ts';
import { type DevolucaoRecord, findDevolucoesMoved } from './store/devolucoes.ts';
import { findByEndToEndIds } from './store/payments.ts';
import type { ReceiptRecord } from './store/receipts.ts';
import { findReceiptsByEndToEndIds } from './store/receipts.ts';
import { findMoved, type Period } from './store/reconciliation.ts';

export type { Difference, DifferenceKind } from './domain/reconcile.ts';

/** What differs in a stretch of time, with our rows that it is about. */
export type Comparison = { differences: Difference[]; payments: PaymentRecord[]; receipts: ReceiptRecord[]; devolucoes: DevolucaoRecord[] };

/**
 * Compares the provider's lines of a period with our books: what the lines name, and what ours settled in it. `around`: lines of a wider
 * period, by which what we dated a little otherwise is not missing there.
 */
export async function compareBooks(
  db: Db,
  connection: string,
  theirs: readonly Movement[],
  period: Period,
  around: readonly Movement[] = theirs,
): Promise<Comparison> {
  return db.tx({ module: 'payments', system: true }, async (tx) => {
    const { moved, returned } = await findMoved(tx, connection, period);
    const ids = [...new Set([...theirs.map(({ endToEndId }) => endToEndId), ...moved, ...returned])];
    const returnIds = theirs.flatMap(({ returnId }) => returnId ?? []);
    const [payments, receipts, devolucoes] = await Promise.all([
      findByEndToEndIds(tx, ids),
      findReceiptsByEndToEndIds(tx, ids),
      findDevolucoesMoved(tx, connection, returnIds, period),
    ]);
    const named = (of: (line: Movement) => boolean) =>
      new Set(around.filter(of).flatMap(({ endToEndId, returnId }) => [endToEndId, returnId ?? endToEndId]));
    const elsewhere = {
      'settled-not-executed': named(({ direction, status }) => direction === 'out' && status === 'settled'),
      'credited-not-received': named(({ direction }) => direction === 'in'),
      'booked-not-returned': named(({ direction, status }) => direction === 'out' && status === 'returned'),
    } as Partial<Record<Difference['kind'], ReadonlySet<string>>>;
    const differences = compare(theirs, { payments, receipts, devolucoes, returned: new Set(returned) });
    const isElsewhere = ({ kind, endToEndId, returnId }: Difference): boolean => elsewhere[kind]?.has(returnId ?? endToEndId) === true;
    return { differences: differences.filter((one) => !isElsewhere(one)), payments, receipts, devolucoes };
  });
}

/** Compares a period of a statement with our books, and writes nothing. Of the default connection, unless another is named. */
export async function reconcile(
  db: Db,
  fetchStatement: (fromIso: string, toIso: string) => Promise<Movement[]>,
  period: Period,
  connection: string = DEFAULT_CONNECTION,
): Promise<Difference[]> {
  const theirs = await fetchStatement(new Date(period.fromMs).toISOString(), new Date(period.toMs).toISOString());
  return (await compareBooks(db, connection, theirs, period)).differences;
}
