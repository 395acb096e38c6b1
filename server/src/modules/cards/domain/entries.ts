import { derivedId } from '#platform/id.ts';
import type { CardMethod } from './terms.ts';

/** An entry as the books take it. What is sold by card is owed by an acquirer until it is paid. */
export type BooksEntry = {
  id: string;
  kind: 'in' | 'out' | 'transfer';
  amountMinor?: string;
  lines?: { category: string; amountMinor: string }[];
  owed: 'cards';
  toPlace?: string;
  date: string;
  text?: string;
  method?: CardMethod;
  origin: { module: 'cards'; reference: string };
  late: 'first-open-day';
};
type Named = { id: string; date: string };

const entry = ({ id, date }: Named, part: string, rest: Omit<BooksEntry, 'id' | 'owed' | 'date' | 'origin' | 'late'>): BooksEntry => ({
  id: derivedId('cards.entry', id, part),
  ...rest,
  owed: 'cards',
  date,
  origin: { module: 'cards', reference: `${id}/${part}` },
  late: 'first-open-day',
});
const line = (category: string, amountMinor: bigint) => [{ category, amountMinor: String(amountMinor) }];

/** The whole of a sale is income of its day, whenever it is paid. */
export const saleEntry = (sale: Named & { grossMinor: bigint; method: CardMethod; category: string | undefined }): BooksEntry =>
  entry(sale, 'sale', { kind: 'in', lines: line(sale.category ?? 'sales', sale.grossMinor), method: sale.method });

/** A chargeback or refund takes from what was sold; what is given back brings it again. */
export const answerEntry = (answer: Named & { grossMinor: bigint }): BooksEntry =>
  answer.grossMinor < 0n
    ? entry(answer, 'answer', { kind: 'out', lines: line('refunds', -answer.grossMinor) })
    : entry(answer, 'answer', { kind: 'in', lines: line('refunds', answer.grossMinor) });

/** Paying in advance costs on the day it is paid in advance. */
export const anticipationEntry = (anticipated: Named & { feeMinor: bigint }): BooksEntry[] =>
  anticipated.feeMinor === 0n
    ? []
    : [entry(anticipated, 'anticipation', { kind: 'out', lines: line('anticipation', anticipated.feeMinor) })];

/** The deposit as it came, the acquirer's fee on the day it was kept, and what else it took. */
export function lotEntries(
  lot: Named & {
    place: string;
    depositMinor: bigint;
    feeMinor: bigint;
    adjustments: readonly { amountMinor: string; category: string; text: string }[];
  },
): BooksEntry[] {
  const deposit = entry(lot, 'deposit', { kind: 'transfer', amountMinor: String(lot.depositMinor), toPlace: lot.place });
  const fee = lot.feeMinor === 0n ? [] : [entry(lot, 'fee', { kind: 'out', lines: line('card-fees', lot.feeMinor) })];
  const taken = lot.adjustments.map(({ amountMinor, category, text }, at) =>
    entry(lot, `adjustment-${at}`, { kind: 'out', lines: line(category, BigInt(amountMinor)), text }),
  );
  return [deposit, ...fee, ...taken];
}
