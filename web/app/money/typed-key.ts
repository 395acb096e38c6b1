import { isCnpj, isCpf, isEvp, type KeyType } from '#core/documents';

export interface TypedKey {
  type: KeyType;
  value: string;
}

/** The 67 area codes of Brazil. */
const AREA_CODES = new Set(
  (
    '11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 38 41 42 43 44 45 46 47 48 49 51 53 54 55 ' +
    '61 62 63 64 65 66 67 68 69 71 73 74 75 77 79 81 82 83 84 85 86 87 88 89 91 92 93 94 95 96 97 98 99'
  ).split(' '),
);
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const EMAIL = new RegExp(`^[a-z0-9.!#$&'*+/=?^_\`{|}~-]+@${LABEL}(?:\\.${LABEL})+$`);
const PAIRS = /^(?:"(.*)"|'(.*)'|`+(.*?)`+|“(.*)”|‘(.*)’|«(.*)»|<(.*)>|\[(.*)\]|\{(.*)\}|\*(.*)\*|_(.*)_)$/u;

/** Plain characters: no marks that nobody sees (by property), one dash, one space, full-width digits made ordinary. */
export function plainKeyText(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\t\n\v\f\r\u0085\u2028\u2029]/g, ' ')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}]/gu, '')
    .replace(/[\p{Pd}\u2212\u02d7\u2043]/gu, '-')
    .replace(/\p{Zs}/gu, ' ')
    .trim();
}

/**
 * The key in a text as people type or paste it, for the hint under the field: the server reads it again and has the last word. The same rules
 * as `server/src/modules/payments/domain/typed-key.ts`; both are tested by one table.
 */
export function readTypedKey(text: string): TypedKey | null {
  if (text.length > 400) return null;
  const whole = unwrap(plainKeyText(text));
  const named = /^[\p{L}\s/().*-]{2,40}:(.+)$/u.exec(whole)?.[1];
  return readPlain(whole) ?? (named === undefined ? null : readTypedKey(named));
}

function unwrap(text: string): string {
  const bare = text.replace(/[.,;:!?…]+$/u, '').trim();
  const inner = PAIRS.exec(bare)
    ?.slice(1)
    .find((part) => part !== undefined);
  return inner === undefined ? bare : unwrap(inner.trim());
}

function readPlain(text: string): TypedKey | null {
  if (text.includes('@')) {
    const value = (/<([^<>]+)>$/.exec(text)?.[1] ?? text)
      .trim()
      .replace(/^mailto:/i, '')
      .toLowerCase();
    return value.length <= 77 && EMAIL.test(value) ? { type: 'email', value } : null;
  }
  const hex = text.replace(/[\s-]/g, '').toLowerCase();
  const evp = hex.length === 32 ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : '';
  if (isEvp(evp)) return { type: 'evp', value: evp };
  if (/^\+?[\d\s().\-/]+$/.test(text)) return readDigits(text, text.replace(/\D/g, ''));
  const document = text.replace(/[^0-9a-z]/gi, '').toUpperCase();
  return /^[0-9a-z./\s-]+$/i.test(text) && isCnpj(document) ? { type: 'cnpj', value: document } : null;
}

function readDigits(text: string, digits: string): TypedKey | null {
  const writing = writingOf(text);
  if (writing !== 'phone' && writing !== 'cnpj' && isCpf(digits)) return { type: 'cpf', value: digits };
  if (writing !== 'phone' && writing !== 'cpf' && isCnpj(digits)) return { type: 'cnpj', value: digits };
  if (writing === 'cpf' || writing === 'cnpj' || digits.length > 15) return null;
  if (text.startsWith('+') && !digits.startsWith('55'))
    return /^[1-9]\d{2,14}$/.test(digits) && digits.length >= 8 ? { type: 'phone', value: `+${digits}` } : null;
  const national = nationalNumber(digits);
  return /^\d\d9\d{8}$/.test(national) && AREA_CODES.has(national.slice(0, 2)) ? { type: 'phone', value: `+55${national}` } : null;
}

/** Without country code, and without the 0 of long-distance calls and a carrier's two digits behind it. */
function nationalNumber(digits: string): string {
  const here = digits.replace(/^(?:00)?55(?=0?\d{10,11}$)/, '');
  return here.replace(/^0(?:\d\d)?(?=[1-9]\d{9,10}$)/, (prefix) =>
    AREA_CODES.has(here.slice(prefix.length, prefix.length + 2)) ? '' : prefix,
  );
}

/** What the punctuation alone says. */
function writingOf(text: string): 'cpf' | 'cnpj' | 'phone' | null {
  if (/^\+|[()]/.test(text)) return 'phone';
  const groups = text.split(/\D+/).filter((group) => group !== '');
  const cuts: number[] = [];
  for (const group of groups.slice(0, -1)) cuts.push((cuts.at(-1) ?? 0) + group.length);
  if (cuts.length === 0) return null;
  const length = groups.join('').length;
  const within = (...places: number[]): boolean => cuts.every((cut) => places.includes(cut));
  if (text.includes('/') || (length === 14 && within(2, 5, 8, 12))) return length > 11 ? 'cnpj' : 'cpf';
  if (length === 11 && within(3, 6, 9) && (cuts.length > 1 || cuts[0] !== 3 || text.includes('.'))) return 'cpf';
  return length >= 8 && length <= 13 && !(length === 11 && cuts.length === 1 && cuts[0] === 3) ? 'phone' : null;
}
