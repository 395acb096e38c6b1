export type KeyState = 'next' | 'current' | 'retired';
export type KeyAge = { kid: string; state: KeyState; sinceMs: number };

/** How long a key is published before it signs: longer than anybody who proves tokens keeps a set of keys (ten minutes). */
export const PUBLISHED_MS = 15 * 60_000;
/** How long one that signs no more stays: tokens live ten minutes, and a process may have signed with it some seconds longer. */
export const STAYS_MS = 60 * 60_000;

/** What is due: the key that signs from now on, in the place of the one that does, and those that nobody can need any more. */
export function dueOf(keys: readonly KeyAge[], nowMs: number): { signs: string | null; gone: string[] } {
  const next = keys.filter(({ state }) => state === 'next').toSorted((a, b) => a.sinceMs - b.sinceMs)[0];
  return {
    signs: next && nowMs - next.sinceMs >= PUBLISHED_MS ? next.kid : null,
    gone: keys.filter(({ state, sinceMs }) => state === 'retired' && nowMs - sinceMs >= STAYS_MS).map(({ kid }) => kid),
  };
}
