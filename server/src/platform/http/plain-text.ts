import { refusePlatform, type Words } from '../errors.ts';
import { flawOfStorable } from '../text.ts';

/** Escapes in JSON by which a NUL, or half of a surrogate pair, can come in; anything else is cleaned by the decoding of UTF-8. */
const SUSPICIOUS = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Refuses texts that no database keeps and nobody types: NUL, and halves of surrogate pairs. @throws PLATFORM_BAD_REQUEST */
export function refuseUnstorableBody(json: string, parsed: unknown): void {
  if (SUSPICIOUS.test(json)) walk(parsed);
}

/** The same for an address, NUL anywhere in it: PLATFORM_BAD_REQUEST, or undefined when there is none. */
export function refusalOfUrl(url: string): Error | undefined {
  return url.includes('%00') ? refusal() : undefined;
}

/** Without recursion: how deep a body goes is its sender's choice, how deep our stack is not. */
function walk(root: unknown): void {
  const open = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value === 'string') {
      if (flawOfStorable(value)) throw refusal();
    } else if (value !== null && typeof value === 'object') {
      for (const [name, inner] of Object.entries(value)) {
        if (flawOfStorable(name)) throw refusal();
        open.push(inner);
      }
    }
  }
}

const MAX_DEPTH = 64;
export const TOO_DEEP: Words = { pt: `O JSON tem mais de ${MAX_DEPTH} níveis.`, en: `The JSON is more than ${MAX_DEPTH} levels deep.` };
export const NO_UTF8: Words = {
  pt: 'O corpo não é UTF-8. Salve ou envie o texto em UTF-8.',
  en: 'The body is not UTF-8. Save or send the text as UTF-8.',
};
const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENS = new Set([0x5b, 0x7b]);
const CLOSES = new Set([0x5d, 0x7d]);

/** Whether JSON nests deeper than anything we take; found in its text, before anything is built of it. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) isText = !isText;
    else if (isText) {
      if (code === BACKSLASH) at++;
    } else if (OPENS.has(code)) {
      if (++depth > MAX_DEPTH) return true;
    } else if (CLOSES.has(code)) depth--;
  }
  return false;
}

const refusal = () =>
  refusePlatform('PLATFORM_BAD_REQUEST', {
    detail: {
      pt: 'Há um caractere que não é texto: U+0000 ou meio par substituto.',
      en: 'There is a character that is no text: U+0000 or half of a surrogate pair.',
    },
  });
