import type { DayStatement } from '../chain.ts';

/** What an anchor leaves: a time-stamp token, or the name of a file (UTF-8). */
export type Evidence = { evidence: Buffer; at: string };

/**
 * A place outside the database where a day's statement is put on record, so that whoever can change the database cannot change the past
 * unseen. May be asked again for the same statement.
 */
export type Anchor = {
  driver: 'rfc3161' | 'folder';
  /** @throws when it could not be put there, or something else is there already. */
  anchor(day: DayStatement): Promise<Evidence>;
};
