/** What a person can prove themself by, beside the password. */
export type Factor = 'totp' | 'passkey';
/** How a second step can be taken. */
export type Way = Factor | 'recovery-code';

/** What somebody has: whether one-time codes, how many passkeys, how many recovery codes not yet used. */
export type Factors = { totp: boolean; passkeys: number; recoveryCodes: number };
export const NO_FACTORS: Factors = { totp: false, passkeys: 0, recoveryCodes: 0 };

/** Whether this installation lets people in by password alone. */
export type FactorPolicy = { demanded: boolean };

/** Factors that count as such: recovery codes are the way back to one, and none themselves. */
export const factorCount = ({ totp, passkeys }: Factors): number => passkeys + (totp ? 1 : 0);

/**
 * The ways a second step can be taken, the one that is asked first in front; none when a password is all there is. A recovery code is never
 * asked first, and only of those who have something to recover.
 */
export function waysOf(factors: Factors): Way[] {
  if (factorCount(factors) === 0) return [];
  return [
    ...(factors.passkeys > 0 ? (['passkey'] as const) : []),
    ...(factors.totp ? (['totp'] as const) : []),
    ...(factors.recoveryCodes > 0 ? (['recovery-code'] as const) : []),
  ];
}

/** Whether a factor may go: never the last one where one is demanded. */
export const mayRemove = (factors: Factors, policy: FactorPolicy): boolean => !policy.demanded || factorCount(factors) > 1;

/** Recovery codes made at a time. */
export const RECOVERY_CODES = 10;
/** Crockford's letters: no I, L, O, U. Ten of them are 50 bits. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** A recovery code out of ten random bytes, as it is shown: two groups of five. */
export function recoveryCodeOf(bytes: Uint8Array): string {
  const text = [...bytes.subarray(0, 10)].map((byte) => LETTERS[byte & 31]).join('');
  return `${text.slice(0, 5)}-${text.slice(5)}`;
}

/** A recovery code as typed, in one spelling; null when it is none. Capitals, gaps and look-alikes do not matter. */
export function readRecoveryCode(typed: string): string | null {
  const text = typed.toLowerCase().replace(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return /^[0-9a-hjkmnp-tv-z]{10}$/.test(text) ? text : null;
}

/** A one-time code as typed, gaps taken out; null when it is none. */
export function readOneTimeCode(typed: string): string | null {
  const text = typed.replace(/\s/g, '');
  return /^\d{6}$/.test(text) ? text : null;
}
