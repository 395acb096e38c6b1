import { refusePlatform } from '../errors.ts';

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

function walk(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\0') || !value.isWellFormed()) throw refusal();
  } else if (Array.isArray(value)) value.forEach(walk);
  else if (value !== null && typeof value === 'object') {
    for (const [name, inner] of Object.entries(value)) {
      walk(name);
      walk(inner);
    }
  }
}

const refusal = () => refusePlatform('PLATFORM_BAD_REQUEST', { detail: 'Há um caractere que não é texto: U+0000 ou meio par substituto.' });
