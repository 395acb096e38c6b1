import { addBusinessDays, nextBusinessDay } from '#platform/business-days.ts';
import { addDays } from '#platform/clock.ts';
import { halfUp, MILLION, millionthsOf } from './rate.ts';
import type { Terms } from './terms.ts';

export type Instalment = {
  /** From 1 on. */
  instalment: number;
  grossMinor: bigint;
  /** MDR and, with the first instalment, the fixed fee of the sale. Never more than the gross. */
  feeMinor: bigint;
  /** The day the contract names, before it is rolled to a business day. */
  nominalDate: string;
  dueDate: string;
};

/**
 * What an acquirer owes for a sale: the gross in equal parts with the centavos left over in the first one, MDR half up a part, each on its business day. What was sold is owed whatever
 * becomes of the sale: a refund or a chargeback is a receivable of its own.
 */
export function scheduleOf(
  { date, grossMinor, instalments }: { date: string; grossMinor: bigint; instalments: number },
  terms: Pick<Terms, 'mdrRate' | 'fixedFeeMinor' | 'termKind' | 'termDays'>,
): Instalment[] {
  const part = grossMinor / BigInt(instalments);
  const first = grossMinor - part * BigInt(instalments - 1);
  const rate = millionthsOf(terms.mdrRate);
  return Array.from({ length: instalments }, (_, at) => {
    const gross = at === 0 ? first : part;
    const fee = halfUp(gross * rate, MILLION) + (at === 0 ? terms.fixedFeeMinor : 0n);
    return { instalment: at + 1, grossMinor: gross, feeMinor: fee > gross ? gross : fee, ...dueOf(date, at + 1, terms) };
  });
}

function dueOf(date: string, instalment: number, { termKind, termDays }: Pick<Terms, 'termKind' | 'termDays'>) {
  if (termKind === 'calendar') {
    const nominalDate = addDays(date, termDays * instalment);
    return { nominalDate, dueDate: nextBusinessDay(nominalDate) };
  }
  const dueDate = addBusinessDays(date, termDays * instalment);
  return { nominalDate: dueDate, dueDate };
}
