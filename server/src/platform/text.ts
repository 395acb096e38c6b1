import type { Words } from './errors.ts';

/**
 * The one rule for text, by Unicode property and not by a list of examples. Format characters (bidi marks, zero widths, soft hyphens),
 * controls, NUL, halves of surrogate pairs and noncharacters are no text: they make a word look like another, or no database keeps them.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}]/u;
const UNSEEN_ALL = new RegExp(UNSEEN, 'gu');
/** Inside one picture: a family, a profession, a flag made of tag letters. There it joins, and hides nothing. */
const JOINED_PICTURE = /\p{RGI_Emoji}/gv;
const MARGIN = /^[\p{White_Space}\p{Cf}]+|[\p{White_Space}\p{Cf}]+$/gu;

const NO_TEXT: Words = {
  pt: 'tem um caractere que não é texto: U+0000 ou meio par substituto',
  en: 'has a character that is no text: U+0000 or half of a surrogate pair',
};

/** Why a text cannot be kept at all, or undefined: NUL, or half of a surrogate pair. Bodies as a whole are held to this. */
export function flawOfStorable(text: string): Words | undefined {
  return text.includes('\0') || !text.isWellFormed() ? NO_TEXT : undefined;
}

/** Why this is no word shown to others (description, name), or undefined. Line ends are no part of one, unless it may have `lines`. */
export function flawOfWords(text: string, { lines = false } = {}): Words | undefined {
  if (!UNSEEN.test(text)) return undefined;
  const found = UNSEEN.exec(text.replace(JOINED_PICTURE, '').replace(lines ? /[\t\r\n]/g : '', ''));
  if (!found) return undefined;
  const point = found[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return { pt: `tem um caractere invisível ou de controle (U+${point})`, en: `has an unseen or control character (U+${point})` };
}

/**
 * Why this is no name of somebody, or undefined: besides the rule for words, one word keeps to one script, so that no letter borrowed from
 * another makes it look like what it is not (UTS #39, "single script", with the mixtures that Japanese and Korean write), and no letter is a
 * compatibility form of another, such as the full-width ones.
 */
export function flawOfName(text: string): Words | undefined {
  const flaw = flawOfWords(text);
  if (flaw) return flaw;
  for (const letter of text.match(/\p{L}/gu) ?? [])
    if (letter !== 'ª' && letter !== 'º' && letter.normalize('NFKC') !== letter.normalize('NFC'))
      return { pt: `tem "${letter}", que imita outra letra`, en: `has "${letter}", which imitates another letter` };
  const mixed = text.split(/[^\p{L}\p{M}]+/u).find((word) => !SCRIPTS.some((script) => script.test(word)));
  if (mixed === undefined) return undefined;
  const word = mixed.slice(0, 40);
  return { pt: `mistura letras de alfabetos diferentes em "${word}"`, en: `mixes letters of different alphabets in "${word}"` };
}

const NEUTRAL = String.raw`\p{Script=Common}\p{Script=Inherited}`;
const oneOf = (...scripts: string[]) =>
  new RegExp(`^[${NEUTRAL}${scripts.map((one) => String.raw`\p{Script_Extensions=${one}}`).join('')}]*$`, 'u');
const SCRIPTS = [
  ...['Latin', 'Cyrillic', 'Greek', 'Arabic', 'Hebrew', 'Armenian', 'Georgian', 'Ethiopic', 'Devanagari', 'Bengali', 'Gurmukhi'].map(
    (one) => oneOf(one),
  ),
  ...['Gujarati', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan'].map((one) =>
    oneOf(one),
  ),
  oneOf('Han', 'Hiragana', 'Katakana'),
  oneOf('Han', 'Hangul'),
  oneOf('Han', 'Bopomofo'),
];

/** Whether this can be an identifier or a word between machines (key, code, reference): visible ASCII, nothing else. */
export function isMachineWord(text: string, maxLength = 128): boolean {
  return text.length <= maxLength && /^[\x21-\x7e]+$/.test(text);
}

/** Words that came from outside and cannot be sent back, such as a payer's name from another bank: what is no text is left out. */
export function cleanWords(text: string): string {
  const kept = text.match(JOINED_PICTURE) ?? [];
  if (kept.length === 0) return text.replace(/\s+/gu, ' ').replace(UNSEEN_ALL, '').trim();
  const parts = text.split(JOINED_PICTURE).map((part) => part.replace(/\s+/gu, ' ').replace(UNSEEN_ALL, ''));
  return parts
    .map((part, index) => part + (kept[index] ?? ''))
    .join('')
    .trim();
}

/** Without what a messenger, a phone book or a web page puts around a paste: white space and unseen marks at both ends. */
export function stripMargins(text: string): string {
  return text.replace(MARGIN, '');
}

/**
 * Pasted text for a key, CPF, e-mail or log-in in the characters a keyboard has: no unseen marks anywhere, any dash a hyphen, any white
 * space a space. Not for a BR Code, whose check digits count each character: `stripMargins` is.
 */
export function cleanPasted(text: string): string {
  return text
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/\p{White_Space}+/gu, ' ')
    .trim();
}

const FATAL = new TextDecoder('utf-8', { fatal: true });
const FATAL_INSIDE = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of these bytes, without a byte order mark in front; undefined when they are no UTF-8. */
export function decodeUtf8(bytes: Uint8Array, isStart = true): string | undefined {
  try {
    return (isStart ? FATAL : FATAL_INSIDE).decode(bytes);
  } catch {
    return undefined;
  }
}
