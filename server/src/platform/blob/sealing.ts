import { createCipheriv, createDecipheriv, type KeyObject } from 'node:crypto';

/** Plain bytes sealed together; each piece opens alone, so that a part of a file is read without the rest. */
const PIECE = 64 * 1024;
const TAG = 16;

/**
 * The nonce of a piece: its number, and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), so that
 * pieces cannot change places and a file cannot be cut short. A content key seals one version only, so no nonce is used twice.
 */
function nonceOf(nth: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(nth, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Seals a stream, piece by piece; one piece, sealed, is longer by 16 bytes. */
export async function* sealPieces(key: KeyObject, body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  let nth = 0;
  const seal = (plain: Buffer, isLast: boolean): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, nonceOf(nth++, isLast));
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  for await (const bytes of body) {
    waiting.push(Buffer.from(bytes));
    size += bytes.length;
    // A whole piece is kept back: it may be the last.
    if (size <= PIECE) continue;
    const all = Buffer.concat(waiting);
    const ready = Math.floor((size - 1) / PIECE) * PIECE;
    for (let at = 0; at < ready; at += PIECE) yield seal(all.subarray(at, at + PIECE), false);
    waiting = [all.subarray(ready)];
    size -= ready;
  }
  yield seal(Buffer.concat(waiting), true);
}

/** The stored bytes that hold plain bytes `from` up to, and without, `to` of a file of `sizeBytes`. */
export function storedRange(sizeBytes: number, from: number, to: number): { from: number; to: number; first: number } {
  const first = Math.floor(from / PIECE);
  const last = Math.max(first, Math.ceil(to / PIECE) - 1);
  const pieces = Math.max(1, Math.ceil(sizeBytes / PIECE));
  const end = last === pieces - 1 ? sizeBytes + pieces * TAG : (last + 1) * (PIECE + TAG);
  return { from: first * (PIECE + TAG), to: end, first };
}

/** Opens what `storedRange` names. Throws when a piece was altered, is missing or in another's place. */
export async function* openPieces(
  key: KeyObject,
  stored: AsyncIterable<Buffer>,
  plain: { sizeBytes: number; from: number; to: number },
): AsyncGenerator<Buffer> {
  const lastPiece = Math.max(1, Math.ceil(plain.sizeBytes / PIECE)) - 1;
  let nth = storedRange(plain.sizeBytes, plain.from, plain.to).first;
  let waiting: Buffer = Buffer.alloc(0);
  const open = (sealed: Buffer): Buffer => {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(nth, nth === lastPiece));
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
    const piece = Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - TAG)), decipher.final()]);
    const start = nth++ * PIECE;
    return piece.subarray(Math.max(0, plain.from - start), Math.max(0, plain.to - start));
  };
  for await (const bytes of stored) {
    waiting = waiting.length === 0 ? bytes : Buffer.concat([waiting, bytes]);
    while (waiting.length >= PIECE + TAG) {
      yield open(waiting.subarray(0, PIECE + TAG));
      waiting = waiting.subarray(PIECE + TAG);
    }
  }
  if (waiting.length > 0) yield open(waiting);
  if (nth * PIECE < plain.to) throw new Error('a stored file is shorter than it was');
}
