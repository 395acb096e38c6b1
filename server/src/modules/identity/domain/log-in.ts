import type { FactorPolicy, Factors, Way } from './factors.ts';
import { factorCount, waysOf } from './factors.ts';

/**
 * How much a log-in has proved (NIST SP 800-63B-4). `aal0`: too little for anything but giving a factor, as after a recovery code, or by
 * password where a factor is demanded. `aal1`: one factor. `aal2`: two, or a passkey that knows its user.
 */
export type Assurance = 'aal0' | 'aal1' | 'aal2';
/** Methods by their names of RFC 8176 (`pop`: a key was shown to be held; `user`: its user was verified), and `rec` for a recovery code. */
export type Method = 'pwd' | 'otp' | 'pop' | 'user' | 'mfa' | 'rec';

/** A log-in under way, from the name that was typed to the grant. */
export type LogIn =
  | { step: 'proof' }
  | { step: 'second-factor'; subjectId: string; ways: Way[] }
  | { step: 'done'; subjectId: string; acr: Assurance; amr: Method[] };

/** Something that was proved. A passkey by itself names its person. */
export type Proved =
  | { by: 'password'; subjectId: string; factors: Factors; policy: FactorPolicy }
  | { by: 'passkey'; subjectId: string }
  | { by: 'totp' | 'recovery-code'; subjectId: string };

export const ANEW: LogIn = { step: 'proof' };

/**
 * The state after something was proved; null when it does not fit the state, and nothing came of it. A passkey, which is held and knows its
 * user, is two factors: no code is asked after it, and none before. Nothing counts twice.
 */
export function advance(state: LogIn, proved: Proved): LogIn | null {
  if (state.step === 'done') return null;
  if (proved.by === 'passkey') {
    if (state.step === 'second-factor' && state.subjectId !== proved.subjectId) return null;
    const before: Method[] = state.step === 'second-factor' ? ['pwd'] : [];
    return { step: 'done', subjectId: proved.subjectId, acr: 'aal2', amr: [...before, 'pop', 'user', 'mfa'] };
  }
  if (proved.by === 'password') {
    if (state.step !== 'proof') return null;
    const { subjectId, factors, policy } = proved;
    const ways = waysOf(factors);
    if (ways.length > 0) return { step: 'second-factor', subjectId, ways };
    return { step: 'done', subjectId, acr: policy.demanded && factorCount(factors) === 0 ? 'aal0' : 'aal1', amr: ['pwd'] };
  }
  if (state.step !== 'second-factor' || state.subjectId !== proved.subjectId || !state.ways.includes(proved.by)) return null;
  return proved.by === 'totp'
    ? { step: 'done', subjectId: state.subjectId, acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] }
    : { step: 'done', subjectId: state.subjectId, acr: 'aal0', amr: ['pwd', 'rec'] };
}
