import type { Words } from '#platform/errors.ts';
import { firstNameOf } from './person.ts';

/**
 * Shortest password, in characters: ASVS 2.1.1 asks for twelve. NIST SP 800-63B-4 asks for fifteen where a password is all there is, which
 * holds until the second factor comes; twelve, judged by what guessers try first, is what people will still remember. No rules on
 * kinds of characters (ASVS 2.1.9).
 */
export const MIN_LENGTH = 12;
export const MAX_LENGTH = 128;

export type Owner = { name: string; cpf: string; email: string };

/** What a password counts in: compatibility forms are one, however a keyboard writes them. */
export const foldPassword = (password: string): string => password.normalize('NFKC');

/** The first of the rules that need no dictionary which a password breaks, as a sentence; null when it keeps them. */
export function formalWeakness(password: string, owner: Owner): Words | null {
  const text = foldPassword(password);
  const { length } = [...text];
  if (length < MIN_LENGTH) {
    return { pt: `A senha precisa de ao menos ${MIN_LENGTH} caracteres.`, en: `The password needs at least ${MIN_LENGTH} characters.` };
  }
  if (length > MAX_LENGTH) {
    return { pt: `A senha pode ter até ${MAX_LENGTH} caracteres.`, en: `The password may have up to ${MAX_LENGTH} characters.` };
  }
  const lower = text.toLowerCase();
  if (owner.cpf !== '' && text.replace(/\D/g, '').includes(owner.cpf)) {
    return { pt: 'A senha não pode conter o seu CPF.', en: 'The password may not contain your CPF.' };
  }
  const mailbox = owner.email.split('@')[0] ?? '';
  if (lower === owner.email || (mailbox.length >= 5 && lower.includes(mailbox))) {
    return { pt: 'A senha não pode conter o seu e-mail.', en: 'The password may not contain your e-mail.' };
  }
  return null;
}

/** Words of the owner and of the product, which guessers try first. */
export function guessableWords({ name, email, cpf }: Owner): string[] {
  const [mailbox = '', host = ''] = email.split('@');
  const names = name.toLowerCase().split(/\s+/);
  const plain = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '');
  const own = [...names, ...names.map(plain), plain(name.toLowerCase()).replace(/\s+/g, ''), firstNameOf(name).toLowerCase()];
  return [...own, mailbox, ...mailbox.split(/[._+-]/), ...host.split('.'), cpf, cpf.slice(0, 6), 'lastro', 'pix', 'banco', 'conta'].filter(
    (word) => word.length > 1,
  );
}
