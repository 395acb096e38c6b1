import type { Key } from '../../core/i18n/i18n';

export interface Rule {
  key: Key;
  ok: boolean;
}
/** What a new password needs, and what of it is met. The server has the last word (it also refuses common passwords). */
export const passwordRules = (v: string): Rule[] => [
  { key: 'signUp.ruleLength', ok: v.length >= 10 },
  { key: 'signUp.ruleLetter', ok: /\p{L}/u.test(v) },
  { key: 'signUp.ruleDigit', ok: /\d/.test(v) },
];
