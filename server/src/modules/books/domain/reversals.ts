import { addDays } from '#platform/clock.ts';
import type { Draft } from './entry.ts';
import { type Command, transferId } from './postings.ts';

type Made = Pick<Draft, 'kind' | 'placeId' | 'owed' | 'date' | 'competence'> & {
  id: string;
  /** How many transfers it was made of when it was recorded. */
  postings: number;
  /** What was posted since, refused changes apart. */
  changes: readonly { commands: readonly Command[] }[];
};

/**
 * The commands that take back all that an entry ever moved: a reversal for each of its transfers, on that one's own day, or on the first open day where
 * that day is closed.
 */
export function reversalsOf({ version, firstOpen, ...made }: Made & { version: number; firstOpen: string | null }): Command[] {
  const { id, kind, placeId, owed, date, competence, postings } = made;
  const isTwice = (kind === 'in' || kind === 'out') && placeId !== null && owed !== null;
  const first = Array.from({ length: postings }, (_, nth) => ({
    id: transferId(id, 1, nth),
    // Of what has two dates the last transfer is the payment; an opening stands on the day before.
    date: kind === 'opening' ? addDays(date, -1) : isTwice && nth < postings - 1 ? competence : date,
  }));
  const since = made.changes.flatMap(({ commands }) => commands);
  return [...first, ...since].map((transfer, nth) => ({
    kind: 'reverse',
    id: transferId(id, version, nth),
    transferId: transfer.id,
    date: firstOpen !== null && transfer.date < firstOpen ? firstOpen : transfer.date,
  }));
}
