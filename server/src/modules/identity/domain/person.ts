import { cnpj as cnpjRules, cpf as cpfRules } from 'cpf-cnpj-validator';
import type { Words } from '#platform/errors.ts';
import { cleanPasted, flawOfName, stripMargins } from '#platform/text.ts';
import { refuse } from '../errors.ts';

/** A person's data in the one spelling that is stored and hashed. */
export type CleanPerson = { name: string; cpf: string; email: string };

const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;
const CPF_SPELLING = /^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/;

/** Brings sign-up data into one spelling. @throws IDENTITY_INVALID_NAME, IDENTITY_INVALID_CPF, IDENTITY_INVALID_EMAIL */
export function cleanPerson(input: { name: string; cpf: string; email: string }): CleanPerson {
  const name = cleanName(input.name);
  const cpf = cleanCpf(input.cpf);
  if (!cpf && isCompany(input.cpf)) {
    throw refuse('IDENTITY_COMPANY_LATER', {
      errors: [{ pointer: '/body/cpf', detail: { pt: 'este é o CNPJ de uma empresa', en: "this is a company's CNPJ" } }],
    });
  }
  if (!cpf)
    throw refuse('IDENTITY_INVALID_CPF', {
      errors: [{ pointer: '/body/cpf', detail: { pt: 'os dígitos verificadores não conferem', en: 'the check digits do not match' } }],
    });
  const email = cleanEmail(input.email);
  if (!email)
    throw refuse('IDENTITY_INVALID_EMAIL', {
      errors: [{ pointer: '/body/email', detail: { pt: 'não é um endereço de e-mail', en: 'is no e-mail address' } }],
    });
  return { name, cpf, email };
}

/** A name in one spelling. @throws IDENTITY_INVALID_NAME */
export function cleanName(given: string): string {
  const name = stripMargins(given).normalize('NFC').replace(/\s+/gu, ' ');
  const flaw = flawOfPersonName(name);
  if (!flaw) return name;
  throw refuse('IDENTITY_INVALID_NAME', {
    detail: { pt: `O nome ${flaw.pt}.`, en: `The name ${flaw.en}.` },
    errors: [{ pointer: '/body/name', detail: flaw }],
  });
}

function flawOfPersonName(name: string): Words | undefined {
  const { length } = [...name];
  if (length < 2 || length > 120) return { pt: 'precisa ter de 2 a 120 caracteres', en: 'must have 2 to 120 characters' };
  if (/[<>]/.test(name)) return { pt: 'não pode ter < nem >', en: 'may not have < or >' };
  return /\p{L}/u.test(name) ? flawOfName(name) : { pt: 'precisa ter letras', en: 'must have letters' };
}

/** The 11 digits of a valid CPF, or null. */
export function cleanCpf(pasted: string): string | null {
  const text = cleanPasted(pasted);
  if (!CPF_SPELLING.test(text)) return null;
  const digits = text.replace(/\D/g, '');
  return cpfRules.isValid(digits, true) ? digits : null;
}

/** Whether a CNPJ was given, letters among it or not: whoever has a company should hear that it is understood, and not that a CPF is wrong. */
function isCompany(pasted: string): boolean {
  const plain = cleanPasted(pasted)
    .toUpperCase()
    .replace(/[.\-/ ]/g, '');
  return /^[0-9A-Z]{12}\d{2}$/.test(plain) && cnpjRules.isValid(plain);
}

export function cleanEmail(text: string): string | null {
  const email = cleanPasted(text).toLowerCase();
  return email.length <= 254 && EMAIL.test(email) ? email : null;
}

/** How somebody who logs in names themself: by CPF or by e-mail. Nonsense gives a key that matches nobody. */
export function readLogin(pasted: string): { kind: 'cpf' | 'email'; value: string } {
  const text = cleanPasted(pasted);
  return text.includes('@') ? { kind: 'email', value: text.toLowerCase() } : { kind: 'cpf', value: text.replace(/\D/g, '') };
}

export function firstNameOf(name: string): string {
  return name.split(' ')[0] ?? '';
}
