import { isCnpj, isCpf, isEmail, isEvp, isPhoneBr, type KeyType } from './documents';

export type InputKind = KeyType | 'br-code' | 'unknown' | 'empty';

/**
 * What a person pasted into the payment field, and the text to send.
 * Codes lose only line breaks and tabs, which e-mail programs put in (a space belongs to names); keys get the written form of the DICT.
 * The server decides whether the code is right: here is only the hint. Eleven digits which are a valid CPF count as one.
 */
export function readPixInput(raw: string): { kind: InputKind; text: string } {
  const text = raw.replace(/[\r\n\t\u200b\ufeff]+/g, '').trim();
  if (!text) return { kind: 'empty', text };
  if (/^0002\d\d/.test(text) || text.length > 100) return { kind: 'br-code', text };
  if (isEvp(text)) return { kind: 'evp', text: text.toLowerCase() };
  if (isEmail(text)) return { kind: 'email', text: text.toLowerCase() };
  const digits = text.replace(/\D/g, '');
  const looksPhone = /^\+|^\(/.test(text);
  if (/^[\d+().\-\s]+$/.test(text)) {
    if (looksPhone && isPhoneBr(text)) return { kind: 'phone', text: `+55${digits.slice(-11)}` };
    if (isCpf(text)) return { kind: 'cpf', text: digits };
    if (isPhoneBr(text)) return { kind: 'phone', text: `+55${digits.slice(-11)}` };
  }
  if (/^[0-9a-z./-]{14,18}$/i.test(text) && isCnpj(text)) return { kind: 'cnpj', text: text.toUpperCase().replace(/[^0-9A-Z]/g, '') };
  return { kind: 'unknown', text };
}
