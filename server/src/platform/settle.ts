import { backoffMs } from './backoff.ts';
import { isOutage } from './db/faults.ts';

/**
 * Writes down what came of something that is done, through a database that is away for a while: else it would be done again. For at most `patienceMs`; after
 * that, and for any other fault, it throws.
 */
export async function settle<T>(patienceMs: number, write: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (!isOutage(error) || performance.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, backoffMs(tries, 50, 2_000)));
    }
  }
}
