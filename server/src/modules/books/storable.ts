import type { Draft } from './domain/entry.ts';
import { fold } from './domain/fold.ts';
import type { NewRecord } from './store/entries.ts';

type Own = 'id' | 'accountId' | 'counterpartySealed' | 'counterpartyHash' | 'contentHash' | 'isUnsorted' | 'recordedAt' | 'recordedBy';

/** The columns that stand in a draft already; its days are judged when it is written. */
export function storable(draft: Draft): Omit<NewRecord, Own> {
  const { counterparty: _sealed, origin, late: _late, ...rest } = draft;
  return {
    ...rest,
    originalDate: null,
    originalCompetence: null,
    folded: foldedOf(draft),
    originModule: origin?.module ?? null,
    originReference: origin?.reference ?? null,
    postings: draft.lines.length === 0 ? 1 : draft.lines.length + (draft.placeId !== null && draft.owed !== null ? 1 : 0),
  };
}

/** What an entry is searched by. */
export const foldedOf = ({ text, tags }: Pick<Draft, 'text' | 'tags'>): string => fold([text ?? '', ...tags].join(' '));
