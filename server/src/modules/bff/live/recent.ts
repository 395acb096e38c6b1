import type { LiveEvent } from './stream.ts';

/** What happened to a subject, an account or a person, with its place in the log. */
type Kept = { subject: string; live: LiveEvent; position: bigint };

/**
 * The last events of the log that screens may want again, read once for all of them and kept by subject. It knows from which position on
 * it has everything: a line that was lost before that cannot be caught up, and has to read its data afresh.
 */
export function createRecent(most: number) {
  /** Oldest first; what lies before `first` has been dropped. */
  let kept: Kept[] = [];
  let first = 0;
  const bySubject = new Map<string, Kept[]>();
  /** Everything after the one, up to the other, is here. Null: nothing has been read yet. */
  let from: bigint | null = null;
  let upTo = 0n;

  const dropOldest = (): void => {
    const oldest = kept[first++]!;
    const own = bySubject.get(oldest.subject)!;
    own.shift();
    if (own.length === 0) bySubject.delete(oldest.subject);
    from = oldest.position;
    if (first >= most) {
      kept = kept.slice(first);
      first = 0;
    }
  };

  return {
    /** Where the reading began. */
    begin(position: bigint): void {
      from = position;
      upTo = position;
    },
    /** An event was heard; the next one kept pushes out the oldest. */
    add(subject: string, live: LiveEvent, position: bigint): void {
      const one = { subject, live, position };
      kept.push(one);
      const own = bySubject.get(subject);
      if (own) own.push(one);
      else bySubject.set(subject, [one]);
      if (kept.length - first > most) dropOldest();
    },
    /** All up to this position has been heard, wanted or not. */
    reached(position: bigint): void {
      if (position > upTo) upTo = position;
    },
    /** What subjects missed after a position, all of them in one order. Null when not all of it is here, or when no such position has been reached. */
    since(subjects: readonly string[], after: bigint): LiveEvent[] | null {
      if (from === null || after < from || after > upTo) return null;
      const missed = subjects.flatMap((subject) => (bySubject.get(subject) ?? []).filter(({ position }) => position > after));
      return missed.sort((a, b) => (a.position < b.position ? -1 : 1)).map(({ live }) => live);
    },
    /** Where a screen that has heard everything resumes. */
    get upTo(): bigint {
      return upTo;
    },
    get size(): number {
      return kept.length - first;
    },
  };
}

export type Recent = ReturnType<typeof createRecent>;
