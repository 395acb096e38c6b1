/** Amounts as banks write them, read exactly: digits to centavos, never through a float. */

export type DecimalMark = ',' | '.';
export type AmountFault =
  | 'amount-missing'
  | 'amount-unreadable'
  | 'amount-ambiguous'
  | 'amount-below-a-centavo'
  | 'amount-too-large'
  | 'amount-in-other-currency';
export type ReadAmount = { minor: bigint; fault?: undefined } | { minor?: undefined; fault: AmountFault };

const INTEGER_DIGITS_MAX = 15;
const BLANK = /^[\s.,\-+]*$/;
const NUMBER = /^\d[\d.,]*$|^[.,]\d+$/;

/**
 * The amount in centavos, or why there is none. The later of two marks is the decimal one, and what it leaves must be groups of three. A lone mark
 * before exactly three digits says nothing by itself (1.500 is one and a half, or fifteen hundred): it is decided by `mark`, the one that the rest
 * of the file writes, and without it the amount is ambiguous. Digits below a centavo must be zeros.
 */
export function readAmount(raw: string, mark?: DecimalMark): ReadAmount {
  const bare = raw.replace(/[\s\u00a0"']/gu, '');
  if (BLANK.test(bare)) return { fault: 'amount-missing' };
  if (/US\$|USD|EUR|€|£/i.test(bare)) return { fault: 'amount-in-other-currency' };
  const signed = readSign(bare.replace(/R\$|BRL/gi, ''));
  if (!signed || !NUMBER.test(signed.digits)) return { fault: 'amount-unreadable' };
  const parts = splitDecimal(signed.digits, mark);
  if (typeof parts === 'string') return { fault: parts };
  const { whole, fraction } = parts;
  if (/[1-9]/.test(fraction.slice(2))) return { fault: 'amount-below-a-centavo' };
  if (whole.replace(/^0+/, '').length > INTEGER_DIGITS_MAX) return { fault: 'amount-too-large' };
  const minor = BigInt(whole || '0') * 100n + BigInt(fraction.slice(0, 2).padEnd(2, '0'));
  return { minor: signed.isNegative ? -minor : minor };
}

/** Which mark surely separates the centavos here; undefined when the amount does not tell. */
export function sureMark(raw: string): DecimalMark | undefined {
  const digits = raw.replace(/[^\d.,]/g, '');
  const at = Math.max(digits.lastIndexOf(','), digits.lastIndexOf('.'));
  if (at < 0) return undefined;
  const mark = digits[at] as DecimalMark;
  const other = mark === ',' ? '.' : ',';
  if (digits.indexOf(mark) !== at) return digits.includes(other) ? undefined : other;
  if (digits.includes(other)) return mark;
  const isGroup = digits.length - at - 1 === 3 && at >= 1 && at <= 3 && digits[0] !== '0';
  return isGroup ? undefined : mark;
}

/** How many digits follow the last mark: what a cut at the end of a file would change. */
export function decimalsOf(raw: string): number {
  const digits = raw.replace(/[^\d.,]/g, '');
  const at = Math.max(digits.lastIndexOf(','), digits.lastIndexOf('.'));
  return at < 0 ? 0 : digits.length - at - 1;
}

function readSign(text: string): { digits: string; isNegative: boolean } | undefined {
  const found = /^(\()?([-+\u2212]?)([\d.,]+)([-+]?)(\))?([CD]?)$/i.exec(text);
  if (!found) return undefined;
  const [, open, before, digits, after, close, letter] = found;
  if (Boolean(open) !== Boolean(close)) return undefined;
  const signs = [Boolean(open), before === '-' || before === '\u2212', after === '-'];
  const isDebit = letter?.toUpperCase() === 'D';
  if (signs.filter(Boolean).length > 1 || (letter?.toUpperCase() === 'C' && signs.some(Boolean))) return undefined;
  return { digits: digits!, isNegative: isDebit || signs.some(Boolean) };
}

function splitDecimal(digits: string, mark?: DecimalMark): { whole: string; fraction: string } | AmountFault {
  const [comma, dot] = [digits.lastIndexOf(','), digits.lastIndexOf('.')];
  if (comma < 0 && dot < 0) return { whole: digits, fraction: '' };
  const at = Math.max(comma, dot);
  const found = digits[at] as DecimalMark;
  const [left, right] = [digits.slice(0, at), digits.slice(at + 1)];
  if (right === '') return 'amount-unreadable';
  const other = found === ',' ? '.' : ',';
  if (left.includes(other))
    return !left.includes(found) && isGrouped(left, other) ? { whole: bare(left), fraction: right } : 'amount-unreadable';
  if (left.includes(found)) return isGrouped(digits, found) ? { whole: bare(digits), fraction: '' } : 'amount-unreadable';
  const couldBeGroup = right.length === 3 && /^[1-9]\d{0,2}$/.test(left);
  if (!couldBeGroup || mark === found) return { whole: left, fraction: right };
  return mark === undefined ? 'amount-ambiguous' : { whole: bare(digits), fraction: '' };
}

const isGrouped = (text: string, mark: DecimalMark): boolean => {
  const [first = '', ...groups] = text.split(mark);
  return /^\d{1,3}$/.test(first) && groups.every((group) => /^\d{3}$/.test(group));
};
const bare = (text: string): string => text.replace(/[.,]/g, '');
