import type { Minor } from './money';

/** Why a text is no amount: `negative`, `foreign` (written the English way, or readable in two ways), `tooLarge`, or `none`. */
export type AmountFault = 'negative' | 'foreign' | 'tooLarge' | 'none';
export type AmountRead = { minor: Minor } | { fault: AmountFault };

/** R$ 999.999.999,99, the most that can be typed. */
const MOST_MINOR = 99_999_999_999n;
const WHOLE = '(?:\\d+|\\d{1,3}(?:\\.\\d{3})+|\\d{1,3}(?: \\d{3})+)';
/** As written in Brazil, `1.234,5`; a point before one or two digits at the end (`10.50`) can only be decimals, too. */
const BRAZILIAN = new RegExp(`^(${WHOLE})(?:,(\\d{1,2}))?$`);
const POINTED = /^(\d+)\.(\d{1,2})$/;
const ENGLISH = /^\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?$/;

/**
 * An amount as somebody else wrote it: pasted, dropped or filled in, not typed digit by digit. `100` is a hundred reais. What can be read in
 * two ways is not guessed, since a wrong guess pays a thousandth or a thousandfold.
 */
export function readAmount(text: string): AmountRead {
  const plain = text
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .replace(/^(?:R\$|BRL) ?/i, '')
    .replace(/ ?(?:BRL|rea(?:l|is))$/i, '')
    .trim();
  if (/^[-\u2010-\u2015\u2212(] ?(?:R\$ ?)?\d/i.test(plain)) return { fault: 'negative' };
  if (ENGLISH.test(plain)) return { fault: 'foreign' };
  const parts = BRAZILIAN.exec(plain) ?? POINTED.exec(plain);
  if (!parts) return { fault: 'none' };
  const minor = BigInt(parts[1]!.replace(/\D/g, '') + (parts[2] ?? '').padEnd(2, '0'));
  return minor > MOST_MINOR ? { fault: 'tooLarge' } : { minor: String(minor) };
}
