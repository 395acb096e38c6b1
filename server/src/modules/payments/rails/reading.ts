import type { Answer, Ask, Method } from './line.ts';
import type { Found } from './port.ts';

/** An answer to a question that was refused, or null when it says "there is none". `why` is a code. */
export type ReadRefusal = (answer: Extract<Answer, { kind: 'answered' }>) => { why: string } | null;

/** Asks for something to read, with money that went out or came in left to the adapter's own reading of states. */
export async function find<T>(
  via: Ask,
  [method, path, body]: readonly [method: Method, path: string, body?: unknown],
  read: (value: unknown) => T | null,
  refused: ReadRefusal,
): Promise<Found<T>> {
  const answer = await via(method, path, body);
  if (answer.kind !== 'answered') return answer;
  if (answer.status < 300) {
    const value = read(answer.body);
    return value === null ? { kind: 'unclear', why: 'UNREADABLE_ANSWER' } : { kind: 'found', value };
  }
  const refusal = refused(answer);
  return refusal === null ? { kind: 'not-found' } : { kind: 'unclear', why: refusal.why };
}

/** Reading twice is harmless: one more try when the first brought nothing. */
export async function askTwice<T extends { kind: string }>(ask: () => Promise<T>): Promise<T> {
  const first = await ask();
  return first.kind === 'found' || first.kind === 'not-found' ? first : ask();
}
