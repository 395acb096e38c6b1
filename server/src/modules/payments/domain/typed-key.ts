import { isMobile, type NumberSlip, nationalNumber, slipOfNumber } from './brazilian-phone.ts';
import { plainKeyText } from './pasted-text.ts';
import { MAX_KEY_LENGTH, type PixKey, parsePixKey } from './pix-key.ts';
import { isCnpj, isCpf } from './tax-id.ts';

/** What a text was clearly meant to be, and why it is not that. */
export type KeySlip =
  | { meant: 'cpf'; why: 'check-digits' | 'or-phone' }
  | { meant: 'cnpj'; why: 'check-digits' | 'length' }
  | { meant: 'phone'; why: NumberSlip }
  | { meant: 'email'; why: 'form' | 'length' }
  | { meant: 'evp'; why: 'form' }
  | { meant: 'boleto'; why: 'boleto' };

export type TypedKey = { key: PixKey } | { slip: KeySlip } | null;

/** Longer texts are messages or codes. */
const MAX_TYPED = 400;

/**
 * Recognises a key as people type or paste it: punctuation, capitals, invisible marks, a word in front (`tel:`, `Chave Pix:`), the name in
 * front of an e-mail address.
 *
 * How a text is written says what it is: with the punctuation of a CPF it is a CPF or nothing, with parentheses or `+` a phone. Only eleven
 * bare digits can be either; a valid CPF wins. The payer sees the owner's name before confirming.
 *
 * @returns the key, or what it was meant to be and the slip in it, or null when it looks like no key at all.
 */
export function readTypedKey(text: string): TypedKey {
  if (text.length > MAX_TYPED) return null;
  const whole = unwrap(plainKeyText(text));
  const read = readPlain(whole);
  if (read && 'key' in read) return read;
  const named = /^[\p{L}\s/().*-]{2,40}:(.+)$/u.exec(whole)?.[1];
  const rest = named === undefined ? null : readTypedKey(named);
  return rest ?? read;
}

const PAIRS = /^(?:"(.*)"|'(.*)'|`+(.*?)`+|“(.*)”|‘(.*)’|«(.*)»|<(.*)>|\[(.*)\]|\{(.*)\}|\*(.*)\*|_(.*)_)$/u;

/** Takes quotation marks, brackets and the end of a sentence off. */
function unwrap(text: string): string {
  const bare = text.replace(/[.,;:!?…]+$/u, '').trim();
  const inner = PAIRS.exec(bare)
    ?.slice(1)
    .find((part) => part !== undefined);
  return inner === undefined ? bare : unwrap(inner.trim());
}

function readPlain(text: string): TypedKey {
  if (text.includes('@')) return readEmail(text);
  return readEvp(text) ?? readDigits(text) ?? readDocumentOfLetters(text);
}

function readEmail(text: string): TypedKey {
  const address = (/<([^<>]+)>$/.exec(text)?.[1] ?? text)
    .trim()
    .replace(/^mailto:/i, '')
    .toLowerCase();
  const key = parsePixKey(address);
  // The directory's format would take a host without a dot; nobody receives mail there, and people forget ".com".
  if (key?.type === 'email' && /@[^.]+\./.test(address)) return { key };
  if (/\s/.test(address) && address.length > MAX_KEY_LENGTH) return null;
  return { slip: { meant: 'email', why: address.length > MAX_KEY_LENGTH ? 'length' : 'form' } };
}

function readEvp(text: string): TypedKey {
  const bare = text.replace(/[\s-]/g, '').toLowerCase();
  if (/^[0-9a-f]{32}$/.test(bare)) {
    const key = parsePixKey(bare.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
    return key ? { key } : null;
  }
  const groups = text.split('-');
  const looksSo = groups.length >= 4 && /^[0-9a-z-]{28,44}$/i.test(text) && /[a-z]/i.test(text);
  return looksSo || (/^[0-9a-f]{28,36}$/i.test(text) && /[a-f]/i.test(text)) ? { slip: { meant: 'evp', why: 'form' } } : null;
}

/** Digits with whatever punctuation. */
function readDigits(text: string): TypedKey {
  if (!/^\+?[\d\s().\-/]+$/.test(text)) return null;
  const digits = text.replace(/\D/g, '');
  if (digits.length < 8) return null;
  const writing = writingOf(text);
  if (writing === 'cpf') return isCpf(digits) ? { key: { type: 'cpf', value: digits } } : { slip: { meant: 'cpf', why: 'check-digits' } };
  if (writing === 'cnpj') return readCnpj(digits);
  if (writing === 'phone') return readPhone(text, digits);
  if (isCpf(digits)) return { key: { type: 'cpf', value: digits } };
  if (isCnpj(digits)) return { key: { type: 'cnpj', value: digits } };
  // 44 in the bar code, 47 or 48 as people type it; a digit lost or doubled does not make it anything else.
  if (digits.length >= 40 && digits.length <= 50) return { slip: { meant: 'boleto', why: 'boleto' } };
  return digits.length > 15 ? null : readPhone(text, digits);
}

function readCnpj(document: string): TypedKey {
  if (isCnpj(document)) return { key: { type: 'cnpj', value: document } };
  return { slip: { meant: 'cnpj', why: document.length === 14 ? 'check-digits' : 'length' } };
}

function readPhone(text: string, digits: string): TypedKey {
  const abroad = text.startsWith('+') || text.startsWith('00') ? digits.replace(/^00/, '') : '55';
  if (!abroad.startsWith('55')) {
    const key = parsePixKey(`+${abroad}`);
    return key ? { key } : { slip: { meant: 'phone', why: abroad.length > 15 ? 'too-long' : 'too-short' } };
  }
  const national = nationalNumber(digits);
  if (isMobile(national)) return { key: { type: 'phone', value: `+55${national}` } };
  if (writingOf(text) === null && digits.length >= 11 && !/^(?:0|55)/.test(digits)) {
    if (digits.length === 11) return { slip: { meant: 'cpf', why: 'or-phone' } };
    return { slip: { meant: 'cnpj', why: digits.length === 14 ? 'check-digits' : 'length' } };
  }
  return { slip: { meant: 'phone', why: slipOfNumber(national) } };
}

/** A CNPJ whose first twelve places may be letters. */
function readDocumentOfLetters(text: string): TypedKey {
  if (!/^[0-9a-z./\s-]+$/i.test(text) || !/\d/.test(text)) return null;
  const bare = text.replace(/[^0-9a-z]/gi, '').toUpperCase();
  if (isCnpj(bare)) return { key: { type: 'cnpj', value: bare } };
  const looksSo = /^[0-9A-Z]{12}\d{2}$/.test(bare) && (text.includes('/') || /\d{4}-?\d\d$/.test(text));
  return looksSo ? { slip: { meant: 'cnpj', why: 'check-digits' } } : null;
}

/** What the punctuation alone says: where it cuts the digits, and its kind. Null when there is none, or when it says nothing. */
function writingOf(text: string): 'cpf' | 'cnpj' | 'phone' | null {
  if (/^\+|[()]/.test(text)) return 'phone';
  const groups = text.split(/\D+/).filter((group) => group !== '');
  const cuts: number[] = [];
  for (const group of groups.slice(0, -1)) cuts.push((cuts.at(-1) ?? 0) + group.length);
  if (cuts.length === 0) return null;
  const length = groups.join('').length;
  const within = (...places: number[]): boolean => cuts.every((cut) => places.includes(cut));
  if (text.includes('/') || (length === 14 && within(2, 5, 8, 12))) return length > 11 ? 'cnpj' : 'cpf';
  const isCpfCut = length === 11 && within(3, 6, 9) && (cuts.length > 1 || cuts[0] !== 3 || text.includes('.'));
  // Wrong in length, yet the groups of three with a last one of two are nobody's phone.
  const isShortCpf = /^\d{2,3}\.\d{2,4}\.\d{2,4}-\d{1,2}$/.test(text);
  if (isCpfCut || isShortCpf) return 'cpf';
  return within(2, 3, 4, 5, 6, 7, 8, 9) && length >= 8 && length <= 13 && !(length === 11 && cuts.length === 1 && cuts[0] === 3)
    ? 'phone'
    : null;
}
