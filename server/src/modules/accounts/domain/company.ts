import { cnpj as cnpjRules } from 'cpf-cnpj-validator';
import type { Words } from '#platform/errors.ts';
import { cleanPasted, flawOfWords, stripMargins } from '#platform/text.ts';

/** A company's data in the one spelling that is stored and hashed. */
export type CleanCompany = { cnpj: string; legalName: string; tradeName: string | null };
export type CompanyFlaw = { field: 'cnpj' | 'legalName' | 'tradeName'; detail: Words };

const CNPJ = /^[0-9A-Z]{12}\d{2}$/;

/** Fourteen characters, letters among the first twelve since July 2026 (IN RFB 2.229/2024), or null. Dots, dash, slash and spaces are taken out. */
export function cleanCnpj(pasted: string): string | null {
  const plain = cleanPasted(pasted)
    .toUpperCase()
    .replace(/[.\-/ ]/g, '');
  return CNPJ.test(plain) && cnpjRules.isValid(plain) ? plain : null;
}

/** Brings a registration into one spelling, or says what is wrong with it. */
export function cleanCompany(input: { cnpj: string; legalName: string; tradeName?: string }): CleanCompany | CompanyFlaw {
  const cnpj = cleanCnpj(input.cnpj);
  if (!cnpj)
    return {
      field: 'cnpj',
      detail: { pt: 'não é um CNPJ: os dígitos verificadores não conferem', en: 'is no CNPJ: the check digits do not match' },
    };
  const legalName = cleanName(input.legalName);
  const legalFlaw = flawOfCompanyName(legalName);
  if (legalFlaw) return { field: 'legalName', detail: legalFlaw };
  if (input.tradeName === undefined) return { cnpj, legalName, tradeName: null };
  const tradeName = cleanName(input.tradeName);
  const tradeFlaw = flawOfCompanyName(tradeName);
  return tradeFlaw ? { field: 'tradeName', detail: tradeFlaw } : { cnpj, legalName, tradeName };
}

export const isFlaw = (result: CleanCompany | CompanyFlaw): result is CompanyFlaw => 'field' in result;

const cleanName = (text: string): string => stripMargins(text).normalize('NFC').replace(/\s+/gu, ' ');

/** Companies are called `3M`, `Pão & Cia.` or `99`: any script and digits, but something that is seen and read. */
function flawOfCompanyName(name: string): Words | undefined {
  const { length } = [...name];
  if (length < 2 || length > 150) return { pt: 'precisa ter de 2 a 150 caracteres', en: 'must have 2 to 150 characters' };
  if (/[<>]/.test(name)) return { pt: 'não pode ter < nem >', en: 'may not have < or >' };
  return /[\p{L}\p{N}]/u.test(name) ? flawOfWords(name) : { pt: 'precisa ter letras ou números', en: 'must have letters or digits' };
}

/** `12.ABC.345/01DE-35`, as people write it. */
export const showCnpj = (cnpj: string): string =>
  `${cnpj.slice(0, 2)}.${cnpj.slice(2, 5)}.${cnpj.slice(5, 8)}/${cnpj.slice(8, 12)}-${cnpj.slice(12)}`;
