import { refuse } from '../errors.ts';

/** Shortest password, in characters. Length is what counts (NIST SP 800-63B §3.1.1); no rules on kinds of characters. */
const MIN_LENGTH = 10;
const MAX_LENGTH = 128;

/** The ones tried first in Brazil that are long enough to pass the length rule. */
const COMMON = new Set([
  '1234567890',
  '0123456789',
  '0987654321',
  '12345678910',
  '123456789a',
  '123456789q',
  '1q2w3e4r5t',
  'qwertyuiop',
  'asdfghjkl1',
  'password12',
  'password123',
  'senha12345',
  'senha123456',
  'minhasenha',
  'minhasenha1',
  'mudar12345',
  'mudar123456',
  'brasil2024',
  'brasil2025',
  'brasil2026',
  'flamengo10',
  'corinthians',
  'palmeiras1',
  'saopaulofc',
  'iloveyou123',
  'teamo12345',
  'deusefiel1',
  'deusefiel10',
  'jesuscristo',
  'abcdefghij',
  'abc1234567',
  'administrador',
  'admin12345',
  'lastro1234',
  'lastro12345',
]);

/** @throws IDENTITY_WEAK_PASSWORD with the reason */
export function checkPassword(password: string, person: { cpf: string; email: string }): void {
  const reason = weakness(password, person);
  if (reason) throw refuse('IDENTITY_WEAK_PASSWORD', { detail: reason, errors: [{ pointer: '/body/password', detail: reason }] });
}

export function weakness(password: string, person: { cpf: string; email: string }): string | null {
  const text = password.normalize('NFKC');
  const length = [...text].length;
  if (length < MIN_LENGTH) return `A senha precisa de ao menos ${MIN_LENGTH} caracteres.`;
  if (length > MAX_LENGTH) return `A senha pode ter até ${MAX_LENGTH} caracteres.`;
  const lower = text.toLowerCase();
  if (COMMON.has(lower) || new Set(lower).size < 4) return 'Esta senha está entre as mais usadas.';
  if (text.replace(/\D/g, '').includes(person.cpf)) return 'A senha não pode conter o seu CPF.';
  const mailbox = person.email.split('@')[0] ?? '';
  if (lower === person.email || (mailbox.length >= 5 && lower.includes(mailbox))) return 'A senha não pode conter o seu e-mail.';
  return null;
}
