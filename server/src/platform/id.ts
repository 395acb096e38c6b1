import { createHash, randomFillSync } from 'node:crypto';
import { v5, v7 } from 'uuid';
import { refusePlatform } from './errors.ts';

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const UUID_PATTERN = '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';

/** Random bytes are drawn for many ids at once: asking for sixteen at a time costs more than all the rest of an id. */
const pool = new Uint8Array(16 * 256);
let drawn = pool.length;
let lastMs = 0;
let order = 0;

/** A new UUIDv7: ordered by time, and within a millisecond by a counter, so that indexes grow at their end. */
export function newId(): string {
  if (drawn === pool.length) {
    randomFillSync(pool);
    drawn = 0;
  }
  const random = pool.subarray(drawn, drawn + 16);
  drawn += 16;
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // Begins anywhere in the lower half of 32 bits: no run of ids within one millisecond reaches the end.
    order = ((random[6]! & 0x7f) << 24) | (random[7]! << 16) | (random[8]! << 8) | random[9]!;
  } else order++;
  return v7({ random, msecs: lastMs, seq: order });
}

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/**
 * An id that the same words always give: the way a command is named after its cause, so that issuing it again
 * changes nothing. SHA-256 truncated to 128 bits, in the shape of a version 8 (custom) UUID, RFC 9562 §5.8.
 */
export function derivedId(...parts: string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Namespace of ids made from a reference: the UUIDv5 of `lastro.dev` in the namespace of DNS names (RFC 9562 §6.6). */
export const REFERENCE_NAMESPACE = v5('lastro.dev', v5.DNS);

/**
 * The id of a command, or an account, that stands for something which has a name already, such as an EndToEndId: UUIDv5 (RFC 9562 §5.5) of
 * `purpose:reference` in UTF-8. The same two words give the same id in any language that has UUIDv5, so that whoever repeats a command need
 * not have kept its id. Other steps for one reference (hold, settle) have other purposes.
 */
export function idOfReference(purpose: string, reference: string): string {
  return v5(`${purpose}:${reference}`, REFERENCE_NAMESPACE);
}

/** The readable form for the edges: `pay_` + 26 characters of Crockford base32. */
export function publicId(prefix: string, uuid: string): string {
  const hex = uuid.replaceAll('-', '');
  let text = '';
  // Two leading zero bits fill 128 up to 26 letters of five; the rest comes in pieces that a number holds.
  let bits = 0;
  let held = 2;
  for (let at = 0; at < hex.length; at += 4) {
    bits = bits * 65_536 + Number.parseInt(hex.slice(at, at + 4), 16);
    held += 16;
    while (held >= 5) {
      held -= 5;
      const letter = Math.floor(bits / 2 ** held);
      text += CROCKFORD[letter];
      bits -= letter * 2 ** held;
    }
  }
  return `${prefix}_${text}`;
}

/**
 * Reads `publicId` back (a bare UUID is accepted, too, also in capital letters). Throws PLATFORM_NOT_FOUND: an id that cannot exist names
 * nothing.
 */
export function parsePublicId(prefix: string, text: string): string {
  const uuid = readPublicId(prefix, /^[0-9A-F-]{36}$/i.test(text) ? text.toLowerCase() : text);
  if (uuid === null) throw refusePlatform('PLATFORM_NOT_FOUND');
  return uuid;
}

/** As `parsePublicId`, for text that nobody promised to be an id: null when it is none. */
export function readPublicId(prefix: string, text: unknown): string | null {
  if (typeof text !== 'string') return null;
  if (isUuid(text)) return text;
  const body = text.startsWith(`${prefix}_`) ? text.slice(prefix.length + 1) : '';
  if (!/^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(body)) return null;
  let value = 0n;
  for (const char of body) value = (value << 5n) | BigInt(CROCKFORD.indexOf(char));
  const hex = value.toString(16).padStart(32, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
