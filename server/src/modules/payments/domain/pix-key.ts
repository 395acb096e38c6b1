import { isLandline, isMobile } from './brazilian-phone.ts';
import { isCnpj, isCpf, maskTaxId } from './tax-id.ts';

/** `evp` is the random key ("chave aleatória", endereço virtual de pagamento). */
export type PixKeyType = 'cpf' | 'cnpj' | 'phone' | 'email' | 'evp';

/** A well-formed key in the one spelling the directory (DICT) knows. Well-formed does not mean registered. */
export interface PixKey {
  readonly type: PixKeyType;
  readonly value: string;
}

export const MAX_KEY_LENGTH = 77;
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const EMAIL = new RegExp(`^[a-z0-9.!#$&'*+/=?^_\`{|}~-]+@${LABEL}(?:\\.${LABEL})*$`);
const EVP = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PHONE = /^\+[1-9][0-9]\d{1,14}$/;

function isPhone(text: string): boolean {
  if (!PHONE.test(text)) return false;
  if (!text.startsWith('+55')) return true;
  const national = text.slice(3);
  return isMobile(national) || isLandline(national);
}

/**
 * Reads a key in the directory's own spelling: bare CPF or CNPJ, `+` and country code, lower-case e-mail, lower-case UUID.
 * This is what a BR Code must carry. Formats: DICT API, "Chaves"; a Brazilian number has one of the 67 area codes and is a mobile's or a
 * fixed line's.
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

/** The key as screens and receipts show it: enough for its owner to recognise, too little to use. A CNPJ is public. */
export function maskPixKey(key: PixKey): string {
  const { type, value } = key;
  if (type === 'cpf' || type === 'cnpj') return maskTaxId(value);
  if (type === 'evp') return `${value.slice(0, 8)}-****-****-****-********${value.slice(-4)}`;
  if (type === 'email') return `${value[0]}***${value.slice(value.indexOf('@'))}`;
  if (value.startsWith('+55')) return `+55 (${value.slice(3, 5)}) *****-${value.slice(-4)}`;
  return `${value.slice(0, 3)} *****${value.slice(-2)}`;
}
