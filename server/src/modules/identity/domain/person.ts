import { cpf as cpfRules } from 'cpf-cnpj-validator';
import { refuse } from '../errors.ts';

/** A person's data in the one spelling that is stored and hashed. */
export type CleanPerson = { name: string; cpf: string; email: string };

const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;
const CPF_SPELLING = /^\s*\d{3}\.?\d{3}\.?\d{3}-?\d{2}\s*$/;

/** Brings sign-up data into one spelling. @throws IDENTITY_INVALID_NAME, IDENTITY_INVALID_CPF, IDENTITY_INVALID_EMAIL */
export function cleanPerson(input: { name: string; cpf: string; email: string }): CleanPerson {
  const name = input.name.normalize('NFC').trim().replace(/\s+/gu, ' ');
  if ([...name].length < 2 || [...name].length > 120 || /[\p{Cc}\p{Cf}<>]/u.test(name) || !/\p{L}/u.test(name)) {
    throw refuse('IDENTITY_INVALID_NAME', { errors: [{ pointer: '/body/name', detail: 'de 2 a 120 caracteres' }] });
  }
  const cpf = cleanCpf(input.cpf);
  if (!cpf) throw refuse('IDENTITY_INVALID_CPF', { errors: [{ pointer: '/body/cpf', detail: 'os dígitos verificadores não conferem' }] });
  const email = cleanEmail(input.email);
  if (!email) throw refuse('IDENTITY_INVALID_EMAIL', { errors: [{ pointer: '/body/email', detail: 'não é um endereço de e-mail' }] });
  return { name, cpf, email };
}

/** The 11 digits of a valid CPF, or null. */
export function cleanCpf(text: string): string | null {
  if (!CPF_SPELLING.test(text)) return null;
  const digits = text.replace(/\D/g, '');
  return cpfRules.isValid(digits, true) ? digits : null;
}

export function cleanEmail(text: string): string | null {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && EMAIL.test(email) ? email : null;
}

/** How somebody who logs in names themself: by CPF or by e-mail. Nonsense gives a key that matches nobody. */
export function readLogin(text: string): { kind: 'cpf' | 'email'; value: string } {
  return text.includes('@') ? { kind: 'email', value: text.trim().toLowerCase() } : { kind: 'cpf', value: text.replace(/\D/g, '') };
}

export function firstNameOf(name: string): string {
  return name.split(' ')[0] ?? '';
}
