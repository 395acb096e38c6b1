import type { Limits } from './access.ts';
import type { Role } from './roles.ts';

export type Member = { subjectId: string; role: Role; limits: Limits };
export type Change = { kind: 'set'; role: Role; limits: Limits } | { kind: 'end' };

/** Why the members of an account may not be changed so, or undefined. */
export type ChangeFlaw = 'last-owner' | 'holder-stays' | 'own-role' | 'owner-with-limits';

/**
 * An account always has an owner, and the person whose account it is stays one: nobody takes it from them, and they do not leave it. Nobody changes the role or the limits of themself (leaving is allowed, unless one is the last owner), and an owner
 * has no limits, since nobody stands above to raise them.
 *
 * @param holderId the person who holds the account; null for a company's.
 * @param owners how many living owners the account has, this member among them if one.
 */
export function flawOfChange(
  member: Member,
  change: Change,
  by: { subjectId: string | null; owners: number; holderId: string | null },
): ChangeFlaw | undefined {
  const stopsOwning = member.role === 'owner' && (change.kind === 'end' || change.role !== 'owner');
  if (stopsOwning && by.owners <= 1) return 'last-owner';
  if (stopsOwning && by.holderId === member.subjectId) return 'holder-stays';
  if (change.kind === 'end') return undefined;
  if (by.subjectId === member.subjectId) return 'own-role';
  return flawOfGrant(change.role, change.limits);
}

export function flawOfGrant(role: Role, { perPaymentMinor, perDayMinor }: Limits): ChangeFlaw | undefined {
  return role === 'owner' && (perPaymentMinor !== null || perDayMinor !== null) ? 'owner-with-limits' : undefined;
}
