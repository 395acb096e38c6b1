const MAX_MS = 30_000;

/**
 * Pause before a further try, in milliseconds: twice as long each time up to `maxMs`, and somewhere in its upper half, so that what
 * failed together does not come back together. `attempt` counts the tries that failed, from 1.
 */
export function backoffMs(attempt: number, baseMs = 100, maxMs = MAX_MS, random: () => number = Math.random): number {
  return Math.min(maxMs, baseMs * 2 ** Math.min(Math.max(attempt, 1) - 1, 30)) * (0.5 + random() / 2);
}
