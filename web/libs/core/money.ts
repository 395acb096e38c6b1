/** Whole centavos as decimal digits, as the BFF sends them. */
export type Minor = string;

/** Money stays a bigint of centavos, or its decimal digits, all the way; it becomes text only here and a float only inside a chart. */
export type Lang = 'pt-BR' | 'en-US';

/** @throws RangeError on anything but decimal digits with an optional minus sign: a wrong amount must never pass as zero. */
export function toMinor(v: Minor): bigint {
  if (!/^-?\d+$/.test(v)) throw new RangeError('not a whole number of centavos');
  return BigInt(v);
}

const cache = new Map<string, Intl.NumberFormat>();
function formatter(lang: Lang, compact: boolean): Intl.NumberFormat {
  const id = lang + compact;
  let f = cache.get(id);
  if (!f) {
    f = new Intl.NumberFormat(lang, {
      style: 'currency',
      currency: 'BRL',
      ...(compact ? { notation: 'compact', maximumFractionDigits: 1 } : {}),
    });
    cache.set(id, f);
  }
  return f;
}

/** Exact for any size: Intl takes the decimal text, no float between. The minus sign is U+2212, as wide as a digit. */
export function formatMinor(v: Minor | bigint, lang: Lang = 'pt-BR', compact = false): string {
  const n = typeof v === 'bigint' ? v : toMinor(v);
  const digits = (n < 0n ? -n : n).toString().padStart(3, '0');
  const decimal = `${digits.slice(0, -2)}.${digits.slice(-2)}` as `${number}`;
  return (n < 0n ? '\u2212' : '') + formatter(lang, compact).format(decimal);
}

/** 'R$ 1.234,56' → '123456'. Only digits count, as the cents-first mask types them; nothing typed is '0'. */
export const parseTyped = (s: string): Minor => s.replace(/\D/g, '').replace(/^0+(?=\d)/, '') || '0';

/** For the axes and lines of charts only. */
export const toChart = (v: Minor): number => Number(toMinor(v)) / 100;

/** What stands in the place of an amount while amounts are hidden. */
export const HIDDEN_AMOUNT = 'R$\u00a0••••';
