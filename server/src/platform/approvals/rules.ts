import type { Actor } from '../context.ts';

export type ApprovalState = 'pending' | 'approved' | 'refused' | 'withdrawn' | 'expired';
export type ApprovalDecision = 'approve' | 'refuse' | 'withdraw';
export type Refusal = 'over' | 'changed' | 'not-an-operator' | 'own';

type Asked = { state: ApprovalState; askedBy: Actor };

/**
 * Why this person may not decide so about this request, or null when they may. `isAsRead`: what they read is what was frozen, and what was frozen is what
 * stands there. Whoever asked may take it back and do nothing else; whoever did not may not take it back.
 */
export function refusalOf(asked: Asked, by: Actor, decision: ApprovalDecision, isAsRead: boolean): Refusal | null {
  if (asked.state !== 'pending') return 'over';
  const isOwn = asked.askedBy.kind === by.kind && asked.askedBy.id === by.id;
  if (decision === 'withdraw') return isOwn ? null : 'own';
  if (by.kind !== 'operator') return 'not-an-operator';
  if (isOwn) return 'own';
  return isAsRead ? null : 'changed';
}

/** The state a decision leads to. */
export const stateAfter = (decision: ApprovalDecision): ApprovalState =>
  decision === 'approve' ? 'approved' : decision === 'refuse' ? 'refused' : 'withdrawn';
