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

/** The commands that take back all that an entry ever moved: a reversal for each of its transfers, on that one's own day. */
export function reversalsOf({ version, ...made }: Made & { version: number }): Command[] {
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
    date: transfer.date,
  }));
}

const OPPOSITE = { in: 'out', out: 'in', transfer: 'transfer', opening: 'opening' } as const;

type Mirrored = Pick<
  Draft,
  'kind' | 'amountMinor' | 'lines' | 'placeId' | 'owed' | 'toPlaceId' | 'toOwed' | 'date' | 'text' | 'method' | 'tags'
> & { id: string };

/** An entry that undoes another one, whose days are closed, on the first open day: what came in goes out, under the same categories. */
export function mirrorOf(entry: Mirrored): Draft {
  const { id, kind, amountMinor, lines, placeId, owed, toPlaceId, toOwed, date, text, method, tags } = entry;
  const isTransfer = kind === 'transfer';
  return {
    kind: OPPOSITE[kind],
    amountMinor: kind === 'opening' ? -amountMinor : amountMinor,
    lines,
    placeId: isTransfer ? toPlaceId : placeId,
    // What passed through `owed` in between has left it.
    owed: isTransfer ? toOwed : placeId === null ? owed : null,
    toPlaceId: isTransfer ? placeId : null,
    toOwed: isTransfer ? owed : null,
    date,
    competence: date,
    text,
    method,
    counterparty: null,
    tags,
    origin: { module: 'books', reference: `mirror:${id}` },
    late: true,
  };
}
