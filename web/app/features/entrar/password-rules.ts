import type { Key } from '#core/i18n/i18n';
import './texts';

export interface Rule {
  key: Key;
  ok: boolean;
}
/** What a new password needs, and what of it is met. Length counts, not kinds of characters; the server has the last word (it also refuses common ones). */
export function passwordRules(password: string, person: { cpf: string; email: string }): Rule[] {
  const lower = password.normalize('NFKC').toLowerCase();
  const cpf = person.cpf.replace(/\D/g, '');
  const mailbox = person.email.trim().toLowerCase().split('@')[0] ?? '';
  const personal = (cpf.length === 11 && lower.replace(/\D/g, '').includes(cpf)) || (mailbox.length >= 5 && lower.includes(mailbox));
  return [
    { key: 'signUp.ruleLength', ok: [...lower].length >= 12 },
    { key: 'signUp.ruleVaried', ok: new Set(lower).size >= 4 },
    { key: 'signUp.rulePersonal', ok: lower.length > 0 && !personal },
  ];
}
