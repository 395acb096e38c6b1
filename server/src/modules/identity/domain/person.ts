import { cnpj as cnpjRules, cpf as cpfRules } from 'cpf-cnpj-validator';
import { cleanPasted, flawOfName, stripMargins } from '#platform/text.ts';
import { refuse } from '../errors.ts';

/** A person's data in the one spelling that is stored and hashed. */
export type CleanPerson = { name: string; cpf: string; email: string };

const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;
const CPF_SPELLING = /^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$/;

/** Brings sign-up data into one spelling. @throws IDENTITY_INVALID_NAME, IDENTITY_INVALID_CPF, IDENTITY_INVALID_EMAIL */
export function cleanPerson(input: { name: string; cpf: string; email: string }): CleanPerson {
  const name = stripMargins(input.name).normalize('NFC').replace(/\s+/gu, ' ');
  const flaw = flawOfPersonName(name);
  if (flaw) throw refuse('IDENTITY_INVALID_NAME', { detail: `O nome ${flaw}.`, errors: [{ pointer: '/body/name', detail: flaw }] });
  const cpf = cleanCpf(input.cpf);
  if (!cpf && isCompany(input.cpf)) {
    throw refuse('IDENTITY_COMPANY_LATER', { errors: [{ pointer: '/body/cpf', detail: 'este é o CNPJ de uma empresa' }] });
  }
  if (!cpf) throw refuse('IDENTITY_INVALID_CPF', { errors: [{ pointer: '/body/cpf', detail: 'os dígitos verificadores não conferem' }] });
  const email = cleanEmail(input.email);
  if (!email) throw refuse('IDENTITY_INVALID_EMAIL', { errors: [{ pointer: '/body/email', detail: 'não é um endereço de e-mail' }] });
  return { name, cpf, email };
}

function flawOfPersonName(name: string): string | undefined {
  const { length } = [...name];
  if (length < 2 || length > 120) return 'precisa ter de 2 a 120 caracteres';
  if (/[<>]/.test(name)) return 'não pode ter < nem >';
  return /\p{L}/u.test(name) ? flawOfName(name) : 'precisa ter letras';
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
