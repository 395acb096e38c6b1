/** The entry of the books that records a movement of the bank. */
import type { NewEntry } from '#books';

type Said = {
  id: string;
  placeId: string;
  date: string;
  amountMinor: bigint;
  text: string;
  boleto: { part: 'payment' | 'fee' } | null;
};
type Method = NonNullable<NewEntry['method']>;

const TEXT_MAX = 200;
const METHODS: readonly (readonly [RegExp, Method])[] = [
  [/\bPIX\b/i, 'pix'],
  [/\bBOLETO\b|\bCOBRAN[ÇC]A\b/i, 'boleto'],
  [/\b(TED|DOC|TRANSF\w*)\b/i, 'transfer'],
];

/**
 * Its id is the movement's, so that it is recorded once. What it was for, the books' rules say, except of what the file itself tells: what a bank took for
 * a boleto is its fee. A boleto that was paid before (`isAgain`) brings no income: the money is owed to the customer.
 */
export function entryOf({ id, placeId, date, amountMinor, text, boleto }: Said, isAgain: boolean): NewEntry {
  const amount = String(amountMinor < 0n ? -amountMinor : amountMinor);
  const words = [...text].slice(0, TEXT_MAX).join('').trim();
  const about = { id, date, text: words, origin: { module: 'banks', reference: id } };
  if (isAgain) return { ...about, kind: 'transfer', owed: 'payable', toPlace: placeId, amountMinor: amount, tags: ['pago em dobro'] };
  const method = boleto?.part === 'payment' ? 'boleto' : METHODS.find(([pattern]) => pattern.test(text))?.[1];
  const entry: NewEntry = { ...about, kind: amountMinor < 0n ? 'out' : 'in', place: placeId, ...(method ? { method } : {}) };
  return boleto?.part === 'fee' ? { ...entry, lines: [{ category: 'bank-fees', amountMinor: amount }] } : { ...entry, amountMinor: amount };
}
