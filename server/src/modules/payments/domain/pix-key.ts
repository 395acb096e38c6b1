import { isCnpj, isCpf, maskTaxId } from './tax-id.ts';

/** `evp` is the random key ("chave aleatória", endereço virtual de pagamento). */
export type PixKeyType = 'cpf' | 'cnpj' | 'phone' | 'email' | 'evp';

/** A well-formed key in the one spelling the directory (DICT) knows. Well-formed does not mean registered. */
export interface PixKey {
  readonly type: PixKeyType;
  readonly value: string;
}

const MAX_KEY_LENGTH = 77;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const EMAIL = new RegExp(`^[a-z0-9.!#$&'*+/=?^_\`{|}~-]+@${LABEL}(?:\\.${LABEL})*$`);
const EVP = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PHONE = /^\+[1-9][0-9]\d{1,14}$/;
/** A Brazilian number: area code without zeros, then eight digits or a mobile's nine. */
const BRAZILIAN_PHONE = /^\+55[1-9][1-9](?:9\d{8}|[2-9]\d{7})$/;

const isPhone = (text: string): boolean => PHONE.test(text) && (!text.startsWith('+55') || BRAZILIAN_PHONE.test(text));

/**
 * Reads a key in the directory's own spelling: bare CPF or CNPJ, `+` and country code, lower-case e-mail, lower-case UUID.
 * This is what a BR Code must carry. Formats: DICT API, "Chaves".
 *
 * @returns `null` for anything else; the check digits of CPF and CNPJ are verified.
 */
export function parsePixKey(text: string): PixKey | null {
  if (text.length === 0 || text.length > MAX_KEY_LENGTH) return null;
  if (isCpf(text)) return { type: 'cpf', value: text };
  if (isCnpj(text)) return { type: 'cnpj', value: text };
  if (isPhone(text)) return { type: 'phone', value: text };
  if (EVP.test(text)) return { type: 'evp', value: text };
  return EMAIL.test(text) ? { type: 'email', value: text } : null;
}

/**
 * Recognises a key as people type it: punctuation of documents and phones, capitals, spaces around.
 *
 * Eleven bare digits can be a CPF or a mobile number; a valid CPF wins, unless the text is written as a phone (parentheses or `+`).
 * The payer sees the owner's name before confirming, so a wrong guess costs a correction and no money.
 */
export function detectPixKey(text: string): PixKey | null {
  if (text.length > 4 * MAX_KEY_LENGTH) return null;
  const typed = text.trim();
  if (typed.includes('@')) return parsePixKey(typed.toLowerCase());
  const bare = typed.replace(/[\s.\-/()]/g, '').toUpperCase();
  const exact = parsePixKey(bare);
  const phone = /^\d{10,11}$/.test(bare) ? parsePixKey(`+55${bare}`) : null;
  if (typed.includes('(')) return exact?.type === 'phone' ? exact : phone;
  return exact ?? parsePixKey(typed.toLowerCase()) ?? phone;
}

/** The key as screens and receipts show it: enough for its owner to recognise, too little to use. A CNPJ is public. */
export function maskPixKey(key: PixKey): string {
  const { type, value } = key;
  if (type === 'cpf' || type === 'cnpj') return maskTaxId(value);
  if (type === 'evp') return `${value.slice(0, 8)}-****-****-****-********${value.slice(-4)}`;
  if (type === 'email') return `${value[0]}***${value.slice(value.indexOf('@'))}`;
  if (BRAZILIAN_PHONE.test(value)) return `+55 (${value.slice(3, 5)}) *****-${value.slice(-4)}`;
  return `${value.slice(0, 3)} *****${value.slice(-2)}`;
}
