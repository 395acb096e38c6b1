import { AppError } from '../errors.ts';
import type { Caller } from './app.ts';

/** Asks who decides on accounts whether the caller may see this one. @throws an `AppError` when not */
type Ask = (accountId: string) => Promise<unknown>;

/**
 * The rule for what belongs to an account: a person sees what they act on (where nobody here keeps memberships, their own first account, which has
 * their id), a service what its scopes let it. What belongs to nobody is no person's. To whoever may not see it, it is as unknown as what never was, so
 * that nothing is learned by guessing ids.
 */
export async function maySee(
  caller: Pick<Caller, 'actor' | 'subjectId'>,
  accountId: string | null | undefined,
  ask?: Ask,
): Promise<boolean> {
  if (caller.actor.kind !== 'person') return true;
  if (typeof accountId !== 'string') return false;
  if (!ask) return accountId === caller.subjectId;
  try {
    await ask(accountId);
    return true;
  } catch (error) {
    if (error instanceof AppError && (error.status === 403 || error.status === 404)) return false;
    throw error;
  }
}
