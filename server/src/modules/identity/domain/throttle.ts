/** How many failures are free, and how the wait grows after them. Times in milliseconds. */
export type ThrottlePolicy = { free: number; windowMs: number; firstWaitMs: number; longestWaitMs: number };

/**
 * Per person, whatever name they are called by, or per name that is nobody's; and per browser that the person has used before, which is not
 * held to what strangers tried. Waits stay short, for those who come with a new browser while somebody guesses.
 */
export const LOGIN_POLICY: ThrottlePolicy = { free: 5, windowMs: 15 * 60_000, firstWaitMs: 30_000, longestWaitMs: 15 * 60_000 };
/** Per address: trying one password on many people. Wide, since a whole office may share an address. */
export const ADDRESS_POLICY: ThrottlePolicy = { free: 60, windowMs: 15 * 60_000, firstWaitMs: 60_000, longestWaitMs: 15 * 60_000 };
/**
 * Per address, sign-ups that came to nothing: each tells whether a CPF or an e-mail has an account, as long as neither is proved by a message.
 * A person needs one or two of them; a school or an office behind one address a few more.
 */
export const SIGN_UP_POLICY: ThrottlePolicy = { free: 20, windowMs: 60 * 60_000, firstWaitMs: 60_000, longestWaitMs: 60 * 60_000 };

/**
 * Per person: codes of a second factor, and proofs given again within a session. Only a success ends the count: of codes three in a million fit
 * at any moment (NIST SP 800-63B-4 allows a hundred failures in a row), so a day's tries stay under forty.
 */
export const FACTOR_POLICY: ThrottlePolicy = { free: 5, windowMs: 24 * 3_600_000, firstWaitMs: 30_000, longestWaitMs: 60 * 60_000 };

/** Per name: letters with a code for a new password. Whoever gets no letter is none the worse for it. */
export const RESET_POLICY: ThrottlePolicy = { free: 3, windowMs: 60 * 60_000, firstWaitMs: 10 * 60_000, longestWaitMs: 60 * 60_000 };
/** Per person: letters that somebody tried to open an account with their CPF or e-mail. */
export const TAKEN_POLICY: ThrottlePolicy = { free: 1, windowMs: 60 * 60_000, firstWaitMs: 60 * 60_000, longestWaitMs: 60 * 60_000 };
/** Per person: letters with a code that proves their address. */
export const EMAIL_CODE_POLICY: ThrottlePolicy = { free: 5, windowMs: 60 * 60_000, firstWaitMs: 60_000, longestWaitMs: 60 * 60_000 };

export type AttemptState = { failures: number; windowStartedMs: number; blockedUntilMs: number | null };

export type AttemptDecision = { allowed: true; state: AttemptState } | { allowed: false; retryAfterMs: number };

/**
 * Counts an attempt before its outcome is known, so that many at once cannot slip past the limit; a success clears the count.
 * The attempt that uses up the free ones still runs, and those after it wait twice as long each time.
 */
export function countAttempt(state: AttemptState | null, nowMs: number, policy: ThrottlePolicy): AttemptDecision {
  if (state?.blockedUntilMs && state.blockedUntilMs > nowMs) return { allowed: false, retryAfterMs: state.blockedUntilMs - nowMs };
  const lastMs = Math.max(state?.windowStartedMs ?? 0, state?.blockedUntilMs ?? 0);
  const fresh = !state || nowMs - lastMs >= policy.windowMs;
  const failures = (fresh ? 0 : state.failures) + 1;
  const over = failures - policy.free;
  const waitMs = over < 0 ? 0 : Math.min(policy.firstWaitMs * 2 ** Math.min(over, 20), policy.longestWaitMs);
  return {
    allowed: true,
    state: { failures, windowStartedMs: fresh ? nowMs : state.windowStartedMs, blockedUntilMs: waitMs > 0 ? nowMs + waitMs : null },
  };
}
