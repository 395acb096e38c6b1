import { StaleHead } from '../store/write.ts';

/** What a failed attempt calls for. */
export type Remedy =
  /** Another writer was there, or an id was used before: read again under the head's lock, and decide again. */
  | 'reload'
  /** The connection broke, perhaps in the middle of a commit: wait a little, then look the ids up. */
  | 'reconnect'
  /** The statement itself failed: it would fail again. */
  | 'give-up';

const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', '57P01', '57P02', '57P03', '53300', '25P03']);
const LOST =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client has encountered a connection error|not queryable/i;

export function remedyFor(error: unknown): Remedy {
  if (error instanceof StaleHead) return 'reload';
  const { code = '', message = '', constraint } = error as { code?: string; message?: string; constraint?: string };
  if (code === '23505' && constraint !== undefined) return 'reload';
  if (NETWORK.has(code) || code.startsWith('08') || LOST.test(message)) return 'reconnect';
  return 'give-up';
}
