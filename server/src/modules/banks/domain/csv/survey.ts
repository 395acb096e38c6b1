/** What can be said of a table only when all of it was seen: the order of day and month, the mark of its amounts, how wide its rows are. */
import { type DateOrder, DateVotes, readWrittenDate } from '../dates.ts';
import { type DecimalMark, decimalsOf, sureMark } from '../decimal.ts';
import type { Line } from '../lines.ts';
import { BrokenFile, type Warning } from '../statement.ts';
import type { Layout } from './columns.ts';
import type { Found } from './find-layout.ts';
import { readRows } from './rows.ts';

export type CsvSurvey = {
  order: DateOrder;
  mark?: DecimalMark;
  /** How many cells a row has, to its last one that holds something. */
  width: number;
  /** Digits behind the mark in the last column, when all rows have the same; so a number that was cut off shows. */
  lastDecimals?: number;
  warnings: Warning[];
};

/** @throws BrokenFile when nobody can say which number of a date is the day */
export async function surveyCsv(batches: AsyncIterable<Line[]>, found: Found): Promise<CsvSurvey> {
  const { columns, headings } = found.layout;
  const [votes, marks, decimals] = [new DateVotes(), new Set<DecimalMark>(), new Set<number>()];
  const money = [columns.amount, columns.credit, columns.debit, columns.balance].filter((at) => at !== undefined);
  let width = 0;
  for await (const { cells, isEnded } of readRows(batches, found)) {
    // What may be cut off says nothing of the others.
    if (!isEnded) continue;
    const date = readWrittenDate(cells[columns.date] ?? '');
    if (!date) continue;
    votes.add(date);
    for (const at of money) {
      const mark = sureMark(cells[at] ?? '');
      if (mark) marks.add(mark);
    }
    if (cells.length > width) width = cells.length;
    const last = cells.at(-1) ?? '';
    if (/\d/.test(last) && decimals.size < 3) decimals.add(decimalsOf(last));
  }
  const { order, warnings } = decideOrder(votes, found);
  return {
    order,
    mark: marks.size === 1 ? [...marks][0] : undefined,
    width: width || headings.length,
    lastDecimals: decimals.size === 0 ? 2 : decimals.size === 1 ? [...decimals][0] : undefined,
    warnings,
  };
}

function decideOrder(votes: DateVotes, { layout, headerLine }: Found): { order: DateOrder; warnings: Warning[] } {
  if (layout.dateOrder) return { order: layout.dateOrder, warnings: [] };
  const order = votes.order();
  if (order === 'mixed') throw new BrokenFile(headerLine, 'date-order-mixed');
  if (order !== 'open') return { order, warnings: order === 'month-first' ? [{ reason: 'date-order-month-first' }] : [] };
  // A table with headings in Portuguese is of a Brazilian bank; of any other the person must say.
  if (!isPortuguese(layout)) throw new BrokenFile(headerLine, 'date-order-ambiguous');
  return { order: 'day-first', warnings: [{ reason: 'date-order-ambiguous', detail: 'day-first' }] };
}

const isPortuguese = ({ headings, columns }: Layout): boolean => /^DATA\b/.test(headings[columns.date] ?? '');
