/**
 * What nobody sees and no code or key contains: format and direction marks (WhatsApp's robots begin a message with U+200E, Apple's contacts
 * wrap a phone in U+202A … U+202C), variation selectors, control characters. By property, so that the next one is known, too.
 */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}]/gu;
/** Every dash, hyphen and minus there is; U+30FC and the like are letters and stay. */
const DASHES = /[\p{Pd}\u2212\u02d7\u2043]/gu;
const SPACES = /\p{Zs}/gu;

/**
 * Text around and inside a key in plain characters: compatibility forms (full-width digits) become the ordinary ones, dashes `-`, spaces
 * ` `; invisible characters go, save for line ends and tabs, which are spaces.
 */
export function plainKeyText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, ' ')
    .replace(INVISIBLE, '')
    .replace(DASHES, '-')
    .replace(SPACES, ' ')
    .trim();
}

/** The text without what nobody sees, line ends included. */
export const withoutInvisible = (text: string): string => text.replace(INVISIBLE, '');

/** True for one UTF-16 unit that can stand around a paste without meaning anything. */
export const isMargin = (unit: string): boolean => /[\s\p{Cf}\p{Default_Ignorable_Code_Point}\p{Z}]/u.test(unit);
