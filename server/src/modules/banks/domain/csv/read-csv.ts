/** Movements of a table that a bank exports: the tables we know, others by their headings, any by a mapping. */
import { decimalsOf, readAmount, sureMark } from '../decimal.ts';
import type { Line } from '../lines.ts';
import { BrokenFile, type FileAccount, type FileEntry, type FileItem, joinTexts, type Warning } from '../statement.ts';
import { type Found, readSummary } from './find-layout.ts';
import { type Judged, judgeRow } from './judge-row.ts';
import { type Row, readRows } from './rows.ts';
import { RunningBalance } from './running-balance.ts';
import type { CsvSurvey } from './survey.ts';

type Tally = { sumMinor: bigint; rows: number; refused: number; openingMinor?: bigint; running: RunningBalance };

/** @throws BrokenFile when the file is cut off, or opening, movements and closing do not agree */
export async function* readCsv(batches: AsyncIterable<Line[]>, head: Line[], found: Found, survey: CsvSurvey): AsyncGenerator<FileItem> {
  const warnings = [...survey.warnings];
  const tally: Tally = { sumMinor: 0n, rows: 0, refused: 0, running: new RunningBalance() };
  let waiting: FileEntry | undefined;
  let [line, date] = [found.headerLine, undefined as string | undefined];
  // Where texts go on below their row, more may have followed the last one.
  let [hasContinuations, isTextOpen] = [found.layout.name === 'bradesco', false];
  for await (const row of readRows(batches, found)) {
    line = row.line;
    if (row.cells.every((cell) => cell.trim() === '')) continue;
    const judged = row.isEnded ? judgeRow(row.cells, found.layout, survey, date) : judgeLast(row, found, survey, date, warnings);
    isTextOpen = judged.kind === 'entry' || (judged.kind === 'continuation' && !row.isEnded);
    if (judged.kind === 'continuation') {
      hasContinuations = true;
      if (waiting) waiting.text = joinTexts(waiting.text, judged.text);
      continue;
    }
    if (waiting) yield waiting;
    waiting = undefined;
    count(tally, judged, line);
    if (judged.kind === 'entry') {
      date = judged.date;
      const { kind, amountMinor, text, reference } = judged;
      waiting = { kind, line, date, amountMinor, text, account: 0, ...(reference === undefined ? {} : { reference }) };
    } else yield { line, ...judged };
  }
  if (waiting) yield waiting;
  if (hasContinuations && isTextOpen) warnings.push({ reason: 'last-line-not-ended', line });
  const { openingMinor, closingMinor } = proveSum(tally, readSummary(head, found), survey, line, warnings);
  if (found.layout.isCard && found.layout.name === 'by-headings') warnings.push({ reason: 'taken-as-a-card' });
  const account: FileAccount = { kind: found.layout.isCard ? 'card' : 'account' };
  yield { kind: 'end', format: 'csv', layout: found.layout.name, accounts: [account], openingMinor, closingMinor, warnings };
}

function count(tally: Tally, judged: Judged, line: number): void {
  if (judged.kind === 'refused') tally.refused += 1;
  if (judged.kind === 'ignored' && judged.balanceMinor !== undefined && tally.rows === 0) tally.openingMinor ??= judged.balanceMinor;
  if (judged.kind !== 'entry') return;
  tally.rows += 1;
  tally.sumMinor += judged.amountMinor;
  tally.running.add(line, judged.amountMinor, judged.balanceMinor);
}

/**
 * The last row, when no line end follows it: it may be the beginning of a longer one. It is taken when what stands there cannot be less than what
 * was written: a closed quote, the delimiter that ends each row, a number with all the digits that the others have. Of a last text only the numbers
 * before it are sure, and that is said. @throws BrokenFile when columns are missing
 */
function judgeLast(row: Row, { layout }: Found, survey: CsvSurvey, date: string | undefined, warnings: Warning[]): Judged {
  const { cells, line } = row;
  const judged = judgeRow(cells, layout, survey, date);
  if (judged.kind === 'ignored' || judged.kind === 'continuation') return judged;
  if (cells.length < survey.width) throw new BrokenFile(line, 'file-cut-off');
  const last = cells.at(-1) ?? '';
  const at = cells.length - 1;
  if (row.endsQuoted || (last === '' && layout.headings.at(-1) === '')) return judged;
  if (layout.columns.text.includes(at)) {
    warnings.push({ reason: 'last-line-not-ended', line });
    return judged;
  }
  const isFull = /\d$/.test(last) && decimalsOf(last) === survey.lastDecimals && decimalsOf(last) > 0;
  const isAlike = survey.mark === undefined || sureMark(last) === survey.mark;
  return isFull && isAlike ? judged : { kind: 'refused', reason: 'last-line-not-ended' };
}

/** @throws BrokenFile when what the file says before and after does not agree with its rows */
function proveSum(
  { sumMinor, refused, openingMinor, running }: Tally,
  summary: { opening?: string; closing?: string },
  { mark }: CsvSurvey,
  line: number,
  warnings: Warning[],
): { openingMinor: bigint | null; closingMinor: bigint | null } {
  const said = { opening: readAmount(summary.opening ?? '', mark).minor, closing: readAmount(summary.closing ?? '', mark).minor };
  const shown = running.conclude();
  const opening = said.opening ?? openingMinor ?? shown.openingMinor;
  // After an opening that the file names, rows follow from the oldest, and the last balance is the closing.
  const closing = said.closing ?? shown.closingMinor ?? (openingMinor === undefined ? undefined : running.lastMinor);
  if (shown.brokenAt !== undefined) warnings.push({ reason: 'balance-does-not-follow', line: shown.brokenAt });
  if (opening !== undefined && closing !== undefined && opening + sumMinor !== closing) {
    const missing = String(closing - opening - sumMinor);
    if (refused === 0) throw new BrokenFile(shown.brokenAt ?? line, 'sum-does-not-agree', missing);
    warnings.push({ reason: 'sum-not-proven', detail: missing });
  }
  return { openingMinor: opening ?? null, closingMinor: closing ?? null };
}
