import type { Caller } from './app.ts';

/**
 * The rule for what belongs to somebody: a person sees their own, a service what its scopes let it. What belongs to nobody is no person's. To whoever may not see it, it is as unknown
 * as what never was, so that nothing is learned by guessing ids.
 */
export function maySee(caller: Pick<Caller, 'actor' | 'subjectId'>, subjectId: string | null | undefined): boolean {
  if (caller.actor.kind !== 'person') return true;
  return typeof subjectId === 'string' && subjectId === caller.subjectId;
}
