import type { Assurance, Method } from './log-in.ts';

/** Why a browser is no new one: the account was opened in it, it was used before there were new ones, or its person was proved in it. */
export type KnownBy = 'sign-up' | 'before' | 'log-in' | 'proof' | 'mail';

/** A day in which whoever took a log-in over has not got what the owner is being written to about. */
export const WAIT_MS = 24 * 3_600_000;

/** What is known of a log-in that is through, and of its browser. */
export type LogInSeen = {
  acr: Assurance;
  amr: readonly Method[];
  isSignUp: boolean;
  /** The browser shows that the person used it before browsers were kept. */
  wasBefore: boolean;
  /** Each factor of the person counts already. */
  doFactorsCount: boolean;
};

/**
 * By what a log-in makes its browser known; null leaves it as it is. A password proves nothing about the browser, and a recovery code is what somebody
 * has who has nothing else.
 */
export function knownByLogIn({ acr, amr, isSignUp, wasBefore, doFactorsCount }: LogInSeen): KnownBy | null {
  if (isSignUp) return 'sign-up';
  if (amr.includes('rec')) return null;
  if (acr === 'aal2' && doFactorsCount) return 'log-in';
  return wasBefore ? 'before' : null;
}

/** From when on a factor makes browsers known: given in one that is new, it may be a stranger's, and waits. Null: at once. */
export const factorCountsFrom = (isKnown: boolean, now: Date): Date | null => (isKnown ? null : new Date(now.getTime() + WAIT_MS));

/** Why a code by mail does not make a browser known: the address is not proved, or the mail has just opened the account itself. */
export function refusalOfMail(person: { isVerified: boolean; wasResetToday: boolean }): 'unproved' | 'too-soon' | null {
  if (!person.isVerified) return 'unproved';
  return person.wasResetToday ? 'too-soon' : null;
}

/**
 * Whether a log-in can stand for the proof that was asked for: made after it was, not too long ago, and strong enough. The token's time has whole
 * seconds, rounded down: a log-in within the second of the asking is not told from one before, and stands for nothing.
 */
export function isLogInFor(
  logIn: { acr: string; atMs: number },
  asked: { atMs: number; acr: 'aal1' | 'aal2'; maxAgeMs: number },
  nowMs: number,
): boolean {
  const isStrong = logIn.acr === 'aal2' || (logIn.acr === 'aal1' && asked.acr === 'aal1');
  return isStrong && logIn.atMs >= asked.atMs && nowMs - logIn.atMs <= asked.maxAgeMs;
}
