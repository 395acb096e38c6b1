import { crc16 } from './crc16.ts';
import { withoutInvisible } from './pasted-text.ts';

/** Longest code, in characters: the limit EMV sets for what a QR code carries. */
export const MAX_BR_CODE_LENGTH = 512;
/** How far a code may be stretched by what messengers put into it, and how many beginnings of one are looked at. */
const MAX_STRETCH = 4 * MAX_BR_CODE_LENGTH;
const MAX_BEGINNINGS = 8;
/** Longest text a code is looked for in. */
const MAX_TEXT = 20_000;

const BEGINNING = /(?<![0-9A-Za-z])000201/g;
const END = /6304([0-9A-Fa-f]{4})(?![0-9A-Za-z])/g;

/**
 * What programs do to a code on its way, undone. None of these is a guess: a repair counts only if the code's own checksum says so. Each
 * takes the text from the beginning of a code on.
 */
const REPAIRS: readonly ((text: string) => string)[] = [
  (text) => text,
  // Direction marks within, and lines broken by e-mail: between two characters, or in place of a space.
  (text) => withoutInvisible(text.replace(/[ \t]*[\r\n]+[>\s]*/g, '')),
  (text) => withoutInvisible(text.replace(/[ \t]*[\r\n]+[>\s]*/g, ' ')),
  (text) => withoutInvisible(text.replace(/\p{Zs}/gu, ' ')),
  // The address of the charge made a link: `[a](b)`, `<a|b>`, or `https://` put in front.
  (text) => text.replace(/\[([^\][]*)\]\([^()\s]*\)/g, '$1'),
  (text) => text.replace(/<(?:https?:\/\/)?([^<>|]*)(?:\|[^<>]*)?>/gi, '$1'),
  (text) => text.replace(/https?:\/\//gi, ''),
  // A code within the address of a page.
  (text) => decodeParameter(text),
  (text) => decodeParameter(text.replaceAll('+', '%20')),
];

/**
 * Finds the code in a text: a whole message, a quotation, a link. A code begins with 000201 and ends in a checksum that is right, so that
 * nothing is found by mistake; small letters in the checksum (EMV wants capitals) change nothing of it.
 *
 * @returns the code with its checksum in capitals, or null when no text between a beginning and an end proves itself.
 */
export function findBrCode(text: string): string | null {
  if (text.length > MAX_TEXT) return null;
  for (const [at, { index }] of [...text.matchAll(BEGINNING)].entries()) {
    if (at >= MAX_BEGINNINGS) break;
    const stretch = text.slice(index, index + MAX_STRETCH);
    for (const repair of REPAIRS) {
      const found = proveAny(repair(stretch));
      if (found) return found;
    }
  }
  return null;
}

function proveAny(text: string): string | null {
  for (const { index, 1: digits } of text.slice(0, MAX_BR_CODE_LENGTH + 1).matchAll(END)) {
    const body = text.slice(0, index + 4);
    if (body.length + 4 <= MAX_BR_CODE_LENGTH && crc16(body) === digits!.toUpperCase()) return body + digits!.toUpperCase();
  }
  return null;
}

/** The value of a parameter at the beginning of `text`, up to the next one or the end of the address. */
function decodeParameter(text: string): string {
  try {
    return decodeURIComponent(text.replace(/[&#\s].*$/s, '').replace(/%(?![0-9A-Fa-f]{2}).*$/s, ''));
  } catch {
    return text;
  }
}
