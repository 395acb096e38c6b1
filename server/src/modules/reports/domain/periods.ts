import { addDays } from '#platform/clock.ts';

/** Months are `AAAA-MM`. */
export const MONTH_SHAPE = '^\\d{4}-(0[1-9]|1[0-2])$';
export type Column = { month: string; from: string; to: string };

/** The month that is so many after (or before, if negative) another. */
export function addMonths(month: string, count: number): string {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1 + count;
  return `${String(Math.floor(months / 12)).padStart(4, '0')}-${String((months % 12) + 1).padStart(2, '0')}`;
}

/** The months from one to another, both included, each with its days; none where they are the wrong way round. */
export function columnsOf(from: string, to: string): Column[] {
  const columns: Column[] = [];
  for (let month = from; month <= to; month = addMonths(month, 1))
    columns.push({ month, from: `${month}-01`, to: addDays(`${addMonths(month, 1)}-01`, -1) });
  return columns;
}

export const COMPARISONS = ['previous', 'year-before'] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** What a range is compared with: as many months before it, or the same months of the year before. */
export function comparedWith(columns: readonly Column[], comparison: Comparison): Column[] {
  const back = comparison === 'previous' ? columns.length : 12;
  return columnsOf(addMonths(columns[0]!.month, -back), addMonths(columns.at(-1)!.month, -back));
}
