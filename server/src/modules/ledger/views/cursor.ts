import { instant } from '#platform/db/arrays.ts';
import { refuseLedger } from '../errors.ts';

/** A place in the ledger's order of recording. Nothing up to a place ever changes, so pages that end at one neither skip nor repeat. */
export type Place = { ms: number; seq: number };

/** A place in the order of effective dates. */
export type EffectivePlace = Place & { effectiveMs: number };

/** Beyond every instant that can be written. */
const LATEST_MS = 253_402_300_799_999;
const EARLIEST_MS = -62_135_596_800_000;
export const BEFORE_ALL: EffectivePlace = { effectiveMs: EARLIEST_MS - 1, ms: EARLIEST_MS - 1, seq: 0 };
export const AFTER_ALL: EffectivePlace = { effectiveMs: LATEST_MS + 1, ms: LATEST_MS + 1, seq: Number.MAX_SAFE_INTEGER };

export function writeCursor(...numbers: readonly (number | bigint)[]): string {
  return Buffer.from(numbers.join('.')).toString('base64url');
}

/** The numbers of a cursor written here. @throws LEDGER_CURSOR_INVALID for any other text. */
export function readCursor(cursor: string, count: number): number[] {
  const parts = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  const numbers = parts.map((part) => (/^-?\d{1,16}$/.test(part) ? Number(part) : Number.NaN));
  if (numbers.length !== count || !numbers.every(Number.isSafeInteger)) throw refuseLedger('LEDGER_CURSOR_INVALID');
  return numbers;
}

/** An instant in milliseconds as Postgres reads it, also one that is beyond its calendar. */
export function moment(ms: number): string {
  if (ms > LATEST_MS) return 'infinity';
  return ms < EARLIEST_MS ? '-infinity' : instant(ms);
}
