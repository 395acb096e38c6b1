import { isAmbiguous, type Problem } from '#core/problem';

/**
 * How an entry of this device stands: `waiting` was never sent, `unknown` was, and no answer came, so that it may be there already; `refused` was answered
 * with a no. What the server has said yes to is no longer here.
 */
export type WaitingState = 'waiting' | 'unknown' | 'refused';

export type Waiting<B> = {
  /** Made on the device: the entry's id, so that it is there once however often it is sent. */
  id: string;
  /** Under which it is sent; the same until its body changes. */
  key: string;
  body: B;
  /** When it was recorded here, ISO. */
  madeAt: string;
  state: WaitingState;
  /** Why it was refused. */
  problem: Problem | null;
};

/** What becomes of one that was sent and whose answer was this problem; null: nobody is to blame, and it is asked again later. */
export function afterProblem<B>(one: Waiting<B>, problem: Problem, wasOnline: boolean): Waiting<B> {
  // Nobody is logged in, or too many asked: not about this entry.
  if (problem.status === 401 || problem.status === 429) return one;
  if (problem.status === 0 && problem.code === 'WEB_OFFLINE' && !wasOnline) return one;
  if (isAmbiguous(problem)) return { ...one, state: 'unknown' };
  return { ...one, state: 'refused', problem };
}

/** Oldest first, and none that was refused: those wait for somebody. */
export const nextToSend = <B>(all: readonly Waiting<B>[]): Waiting<B> | undefined => inOrder(all).find(({ state }) => state !== 'refused');

export const inOrder = <B>(all: readonly Waiting<B>[]): Waiting<B>[] =>
  all.toSorted((a, b) => (a.madeAt === b.madeAt ? (a.id < b.id ? -1 : 1) : a.madeAt < b.madeAt ? -1 : 1));

/** What a storage gave back, or null where it is no entry of ours. */
export function readWaiting<B>(text: string | null): Waiting<B> | null {
  try {
    const one = JSON.parse(text ?? 'null') as Waiting<B> | null;
    return one?.id && one.key && one.body && one.madeAt ? one : null;
  } catch {
    return null;
  }
}
