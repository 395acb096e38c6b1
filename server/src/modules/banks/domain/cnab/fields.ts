/** Fields of CNAB, named by their first and last column as the manuals count them, from 1. */
import { readDayMonthYear } from '../dates.ts';

/** Short lines are as if spaces followed: editors and mail cut them. */
export const field = (line: string, first: number, last: number): string => line.slice(first - 1, last).padEnd(last - first + 1, ' ');

export const words = (line: string, first: number, last: number): string => field(line, first, last).trim();

/** Centavos without a mark; undefined when the field is blank or not full to its end: a number that was cut short is none. */
export function centavos(line: string, first: number, last: number): bigint | undefined {
  const text = field(line, first, last);
  return /^ *\d+$/.test(text) ? BigInt(text.trim()) : undefined;
}

/** Centavos with the sign of a `D` or `C` beside them. A zero needs none. */
export function signedCentavos(line: string, first: number, last: number, signAt: number): bigint | undefined {
  const amount = centavos(line, first, last);
  const sign = field(line, signAt, signAt).toUpperCase();
  if (amount === undefined || (amount !== 0n && sign !== 'D' && sign !== 'C')) return undefined;
  return sign === 'D' ? -amount : amount;
}

export const count = (line: string, first: number, last: number): number | undefined => {
  const found = centavos(line, first, last);
  return found === undefined ? undefined : Number(found);
};

/** A day as `DDMMAAAA` or `DDMMAA`, as wide as its field. */
export const day = (line: string, first: number, last: number): string | undefined => readDayMonthYear(field(line, first, last));
