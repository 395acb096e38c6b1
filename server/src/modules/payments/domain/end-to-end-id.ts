import { createHash, randomBytes } from 'node:crypto';
import { instantMs } from '#platform/dates.ts';

/** The parts of an EndToEndId, the 32 characters that name one Pix in the whole country. Case matters. */
export interface EndToEndId {
  /** `payment` ids begin with `E`, `return` (devolução) ids with `D`. */
  readonly kind: 'payment' | 'return';
  /** Institution that issued the id: eight digits or upper-case letters. */
  readonly ispb: string;
  /** Minute the id was made, in milliseconds since the epoch (the id carries UTC). */
  readonly atMs: number;
  /** The issuer's own eleven characters. */
  readonly sequence: string;
}

const PATTERN = /^([ED])([0-9A-Z]{8})(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])([0-5]\d)([a-zA-Z0-9]{11})$/;
const ISPB = /^[0-9A-Z]{8}$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SEQUENCE_LENGTH = 11;

/** @returns the parts, or `null` when the form is wrong or the day does not exist (31 February). */
export function parseEndToEndId(text: string): EndToEndId | null {
  const match = PATTERN.exec(text);
  if (!match) return null;
  const [, letter, ispb, year, month, day, hour, minute, sequence] = match;
  const atMs = instantMs(`${year}-${month}-${day}T${hour}:${minute}:00Z`);
  if (Number.isNaN(atMs)) return null;
  return { kind: letter === 'E' ? 'payment' : 'return', ispb: ispb!, atMs, sequence: sequence! };
}

/** True for the id of a payment (`E…`); a return's id (`D…`) is not one. */
export function isEndToEndId(text: string): boolean {
  return parseEndToEndId(text)?.kind === 'payment';
}

/** True when the id's minute lies within the twelve hours that the Pix manual tolerates around processing. */
export function isWithinTolerance(id: EndToEndId, nowMs: number): boolean {
  return Math.abs(nowMs - id.atMs) <= 12 * 3_600_000;
}

/**
 * The id that always comes out of the same input: a payment tried again after a crash asks for the same Pix, never a second one.
 *
 * @param uniqueKey names the payment within the institution (its id); `atMs` must be stored with it, not read again.
 * @throws RangeError on an ISPB of the wrong form or a time outside the years 0–9999.
 */
export function makeEndToEndId(ispb: string, atMs: number, uniqueKey: string): string {
  return build('E', ispb, atMs, derivedBytes(ispb, uniqueKey));
}

/** The id of a return (devolução), derived as {@link makeEndToEndId} does: `uniqueKey` names what is given back. @throws as it does. */
export function makeReturnId(ispb: string, atMs: number, uniqueKey: string): string {
  return build('D', ispb, atMs, derivedBytes(ispb, uniqueKey));
}

/** An id that no one can guess. @throws as {@link makeEndToEndId}. */
export function randomEndToEndId(ispb: string, atMs: number, bytes: Uint8Array = randomBytes(32)): string {
  return build('E', ispb, atMs, bytes);
}

const derivedBytes = (ispb: string, uniqueKey: string): Uint8Array => createHash('sha256').update(`${ispb}\n${uniqueKey}`).digest();

function build(letter: 'E' | 'D', ispb: string, atMs: number, bytes: Uint8Array): string {
  if (!ISPB.test(ispb)) throw new RangeError('an ISPB has eight digits or upper-case letters');
  const minute = new Date(atMs).toISOString().replace(/[-:T]/g, '');
  if (!/^\d{4}/.test(minute)) throw new RangeError('the year does not fit four digits');
  return `${letter}${ispb}${minute.slice(0, 12)}${sequenceOf(bytes)}`;
}

/** Base 62 of the first 128 bits: with 62^11 ≈ 2^65.5 possible values the bias of the remainder is far below chance. */
function sequenceOf(bytes: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(bytes.subarray(0, 16)).toString('hex')}`);
  let sequence = '';
  for (let i = 0; i < SEQUENCE_LENGTH; i++) {
    sequence += ALPHABET[Number(rest % 62n)];
    rest /= 62n;
  }
  return sequence;
}
