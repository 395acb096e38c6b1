import type { Stay } from '#platform/privacy/keeper.ts';

/**
 * `asked` → accounts are closed → `waiting`, while what was under way ends → asked again whether anything is in the way → `erasing`, from where nothing goes
 * back → `done`. What is in the way ends it as `refused`, and the accounts are open again; so does the person's own word, as `withdrawn`.
 */
export type ErasureState = 'asked' | 'waiting' | 'erasing' | 'done' | 'refused' | 'withdrawn';

/** Nothing has been erased yet: who asked may still take it back. */
export const mayWithdraw = (state: ErasureState): boolean => state === 'asked' || state === 'waiting';
export const isOver = (state: ErasureState): boolean => state === 'done' || state === 'refused' || state === 'withdrawn';

/**
 * The first day on which nothing makes the data stay: years are counted from the 1st of January after the relation ended (Circular BCB 3.978/2020,
 * art. 67). Null when nothing stays.
 *
 * @param endedOn the business date of the erasure
 */
export function retainedUntil(stays: readonly Pick<Stay, 'years'>[], endedOn: string): string | null {
  if (stays.length === 0) return null;
  const years = Math.max(...stays.map((stay) => stay.years));
  return `${Number(endedOn.slice(0, 4)) + 1 + years}-01-01`;
}
