import { type Action, mayDo, type Role } from './roles.ts';

export type AccountStatus = 'active' | 'blocked' | 'closed';
/** A member's own limits, in minor units; null where there is none. */
export type Limits = { perPaymentMinor: bigint | null; perDayMinor: bigint | null };
/** Who asks, as stored; null when this person has no living membership of this account. */
export type Standing = { accountStatus: AccountStatus; role: Role; limits: Limits } | null;

export type Refusal = 'not-a-member' | 'account-blocked' | 'account-closed' | 'role' | 'over-payment-limit' | 'over-day-limit';
export type Access = { allowed: true } | { allowed: false; why: Refusal };

const refused = (why: Refusal): Access => ({ allowed: false, why });

/**
 * Whether a person may do something with an account. A blocked account moves no money out and lets its owners see and manage; a closed one is only
 * seen. The limit a day is not judged here: it needs what was spent, which only the statement that spends can know.
 */
export function decideAccess(standing: Standing, action: Action, amountMinor: bigint | null): Access {
  if (standing === null) return refused('not-a-member');
  const { accountStatus, role, limits } = standing;
  if (!mayDo(role, action)) return refused('role');
  if (accountStatus === 'closed' && action !== 'see' && action !== 'members:see') return refused('account-closed');
  if (accountStatus === 'blocked' && action === 'pay') return refused('account-blocked');
  if (amountMinor !== null && limits.perPaymentMinor !== null && amountMinor > limits.perPaymentMinor) return refused('over-payment-limit');
  // What is above a day's limit by itself needs no look at the day.
  if (amountMinor !== null && limits.perDayMinor !== null && amountMinor > limits.perDayMinor) return refused('over-day-limit');
  return { allowed: true };
}

/** From this part of a limit on, in hundredths, it is near. */
const NEAR = 80n;

/** Whether so much of a limit is so near it that whoever spends it should be sure. */
export const isNear = (amountMinor: bigint, limitMinor: bigint | null): boolean =>
  limitMinor !== null && amountMinor * 100n >= limitMinor * NEAR;
