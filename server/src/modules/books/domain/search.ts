import { parseDate, parseInstant } from '#platform/dates.ts';
import { isUuid } from '#platform/id.ts';
import { fold } from './fold.ts';

/** A search as people type it: its words, and the amount where it reads as one ("18,50", "1.850,00", "R$ 18"). */
export function readSearch(text: string): { words: string[]; amountMinor: bigint | null } {
  const words = fold(text).split(' ').filter(Boolean);
  const amount = /^(?:r\$ ?)?(\d{1,3}(?:\.\d{3})+|\d{1,15})(?:,(\d{2}))?$/.exec(fold(text));
  return { words, amountMinor: amount ? BigInt(amount[1]!.replaceAll('.', '')) * 100n + BigInt(amount[2] ?? '0') : null };
}

/** The entry after which a page begins. */
export type Cursor = { day: string; recordedAt: string; id: string };
export const writeCursor = ({ day, recordedAt, id }: Cursor): string => `${day}_${recordedAt}_${id}`;
/** Undefined where it is no cursor of ours. */
export function readCursor(text: string): Cursor | undefined {
  const [day = '', recordedAt = '', id = '', ...more] = text.split('_');
  return more.length === 0 && parseDate(day) && parseInstant(recordedAt) !== undefined && isUuid(id) ? { day, recordedAt, id } : undefined;
}
