/** What a return says of a boleto, as movements of the account: what was paid comes in, what the bank took goes out. */
import type { FileEntry, PaidBoleto } from '../statement.ts';

/** Occurrences that say a boleto was paid: settled, settled with parts, settled at a notary, settled after it was written off. */
export const PAID = new Set(['06', '08', '15', '17']);

export type ReturnRecord = {
  line: number;
  occurrence: string;
  date?: string;
  ourNumber: string;
  documentNumber: string;
  faceMinor: bigint;
  /** What the payer paid, with interest and without what the bank took. */
  paidMinor: bigint;
  feeMinor: bigint;
  interestMinor: bigint;
};

/** None, one or two movements: of a paid boleto the payment, and whatever the occurrence, the fee that came with it. */
export function movementsOf(record: ReturnRecord & { date: string }, account: number): FileEntry[] {
  const { line, date, occurrence, ourNumber, documentNumber, faceMinor, interestMinor } = record;
  const name = documentNumber || ourNumber;
  const boleto = (part: PaidBoleto['part']): PaidBoleto => ({ ourNumber, documentNumber, occurrence, faceMinor, interestMinor, part });
  const movements: FileEntry[] = [];
  const add = (part: PaidBoleto['part'], amountMinor: bigint, text: string): void => {
    const reference = `${ourNumber}:${occurrence}:${part}`;
    movements.push({ kind: 'entry', line, date, amountMinor, text, reference, account, boleto: boleto(part) });
  };
  if (PAID.has(occurrence) && record.paidMinor > 0n) add('payment', record.paidMinor, `Boleto ${name}`);
  if (record.feeMinor > 0n) add('fee', -record.feeMinor, `Tarifa boleto ${name}`);
  return movements;
}
