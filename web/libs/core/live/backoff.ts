/** Wait before the n-th try (0 first): doubles from 1 s up to 30 s; half of it is random, so that clients do not come back all at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(30_000, 1000 * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (full / 2) * random());
}
