import { kindOfFault } from '#platform/db/faults.ts';
import { ClockAhead, StaleHead } from '../store/write.ts';

/** What a failed attempt calls for. */
export type Remedy =
  /** Another writer was there, or an id was used before: read again under the head's lock, and decide again. */
  | 'reload'
  /** The connection broke, perhaps in the middle of a commit: wait a little, then look the ids up. */
  | 'reconnect'
  /** The database cannot do it now. Trying again, or command by command, would only make it slower: whoever asked repeats. */
  | 'wait'
  /** This process must not write. */
  | 'stop'
  /** A command of the batch is at fault, and would be again: each is written by itself, so that the others do not pay for it. */
  | 'take-apart';

export function remedyFor(error: unknown): Remedy {
  if (error instanceof StaleHead) return 'reload';
  if (error instanceof ClockAhead) return 'stop';
  const { code = '', constraint } = error as { code?: string; constraint?: string };
  if (code === '23505' && constraint !== undefined) return 'reload';
  switch (kindOfFault(error)) {
    case 'connection':
      return 'reconnect';
    case 'data':
    // Ours: an invariant that does not hold, an amount that cannot be read.
    case 'foreign':
      return 'take-apart';
    default:
      return 'wait';
  }
}
