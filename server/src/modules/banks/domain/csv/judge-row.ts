/** One row of a table: a movement, a line of information, or what cannot be believed. */
import { inOrder, readWrittenDate } from '../dates.ts';
import { readAmount } from '../decimal.ts';
import { isInformation } from '../information.ts';
import { foldText, joinTexts, quote, tidyText } from '../statement.ts';
import { foldHeading, type Layout } from './columns.ts';
import type { CsvSurvey } from './survey.ts';

export type Judged =
  | { kind: 'entry'; date: string; amountMinor: bigint; text: string; reference?: string; balanceMinor?: bigint }
  | { kind: 'ignored'; reason: string; balanceMinor?: bigint }
  | { kind: 'refused'; reason: string; detail?: string }
  /** More of the text of the row before. */
  | { kind: 'continuation'; text: string };

const IN = new Set(['C', 'CREDITO', 'CREDIT', 'ENTRADA', 'RECEBIMENTO', 'RECEITA']);
const OUT = new Set(['D', 'DEBITO', 'DEBIT', 'SAIDA', 'PAGAMENTO', 'DESPESA']);
const TOTAL = /^TOTA(L|IS)\b/;

/** `dateBefore` is the date of the row above: some banks write a date once for all rows of the day. */
export function judgeRow(cells: string[], layout: Layout, survey: CsvSurvey, dateBefore: string | undefined): Judged {
  const { columns } = layout;
  const cell = (at: number | undefined): string => (at === undefined ? '' : (cells[at] ?? '').trim());
  if (isHeadings(cells, layout)) return { kind: 'ignored', reason: 'headings-again' };
  const text = textOf(cells, layout);
  const balance = readAmount(cell(columns.balance), survey.mark);
  const written = cell(columns.date);
  if (cells.some((one) => TOTAL.test(foldText(one)) && one.trim() !== text) || TOTAL.test(foldText(written)))
    return { kind: 'ignored', reason: 'total-line' };
  if (isInformation(text) || isInformation(written))
    return { kind: 'ignored', reason: 'balance-line', balanceMinor: balance.minor ?? readMoney(cells, layout, survey).minor };
  const money = readMoney(cells, layout, survey);
  if (written === '' || cells.length === 1) return judgeUndated(cells, text, money, cell(columns.reference), dateBefore);
  const date = readWrittenDate(written);
  const day = date && inOrder(date, survey.order);
  if (!day) {
    // Titles and notes between tables have no amount; a row that has one and no date is not passed over.
    if (!date && money.fault === 'amount-missing') return { kind: 'ignored', reason: 'not-a-row' };
    return { kind: 'refused', reason: 'date-unreadable', detail: quote(written) };
  }
  if (money.fault !== undefined) return { kind: 'refused', reason: money.fault, detail: quote(money.raw) };
  if (money.minor === 0n) return { kind: 'ignored', reason: 'amount-zero', balanceMinor: balance.minor };
  return movement(day, money.minor, text, cell(columns.reference), balance.minor);
}

function judgeUndated(cells: string[], text: string, money: Money, reference: string, dateBefore: string | undefined): Judged {
  if (money.minor !== undefined && money.minor !== 0n) {
    if (dateBefore === undefined) return { kind: 'refused', reason: 'date-unreadable', detail: '' };
    return movement(dateBefore, money.minor, text, reference, undefined);
  }
  if (money.fault !== undefined && money.fault !== 'amount-missing')
    return { kind: 'refused', reason: money.fault, detail: quote(money.raw) };
  const said = text || cells.map(tidyText).find((one) => one !== '');
  return said && cells.length > 1 && dateBefore !== undefined
    ? { kind: 'continuation', text: said }
    : { kind: 'ignored', reason: 'not-a-row' };
}

function movement(date: string, amountMinor: bigint, text: string, reference: string, balanceMinor: bigint | undefined): Judged {
  const named = tidyText(reference).slice(0, 255);
  return { kind: 'entry', date, amountMinor, text, balanceMinor, ...(/^[0 ]*$/.test(named) ? {} : { reference: named }) };
}

type Money = { minor: bigint; fault?: undefined; raw: string } | { minor?: undefined; fault: string; raw: string };

function readMoney(cells: string[], { columns, isCard }: Layout, { mark }: CsvSurvey): Money {
  const cell = (at: number | undefined): string => (at === undefined ? '' : (cells[at] ?? '').trim());
  if (columns.amount === undefined) return readTwoColumns(cell(columns.credit), cell(columns.debit), mark);
  const raw = cell(columns.amount);
  const read = readAmount(raw, mark);
  if (read.fault) return { fault: read.fault, raw };
  const direction = foldText(cell(columns.direction));
  // Of a card the sign alone counts: "Pagamento" beside an amount is the payment of the bill.
  if (isCard) return { minor: -read.minor, raw };
  const size = read.minor < 0n ? -read.minor : read.minor;
  if (IN.has(direction)) return read.minor < 0n ? { fault: 'amount-ambiguous', raw: `${raw} ${direction}` } : { minor: size, raw };
  if (OUT.has(direction)) return { minor: -size, raw };
  return { minor: read.minor, raw };
}

/** Money in and money out each in a column of its own; one of them is empty or zero. A debit counts as money out with and without a minus. */
function readTwoColumns(credit: string, debit: string, mark: CsvSurvey['mark']): Money {
  const [into, out] = [readAmount(credit, mark), readAmount(debit, mark)];
  for (const [one, raw] of [[into, credit] as const, [out, debit] as const])
    if (one.fault && one.fault !== 'amount-missing') return { fault: one.fault, raw };
  if (into.fault && out.fault) return { fault: 'amount-missing', raw: '' };
  const [inMinor, outMinor] = [into.minor ?? 0n, out.minor ?? 0n];
  if (inMinor !== 0n && outMinor !== 0n) return { fault: 'amount-ambiguous', raw: `${credit} / ${debit}` };
  if (inMinor !== 0n) return { minor: inMinor, raw: credit };
  return { minor: outMinor > 0n ? -outMinor : outMinor, raw: debit };
}

/** The words of the row, general before particular, with the instalment: two instalments of one purchase are two movements. */
function textOf(cells: string[], { columns }: Layout): string {
  const said = columns.text.reduce((text, at) => joinTexts(text, cells[at] ?? ''), '');
  const part = columns.instalment === undefined ? null : /(\d{1,3})\s*(?:\/|DE)\s*(\d{1,3})/i.exec(cells[columns.instalment] ?? '');
  return part ? `${said} - Parcela ${Number(part[1])}/${Number(part[2])}` : said;
}

const isHeadings = (cells: string[], { headings }: Layout): boolean =>
  headings.length > 1 && headings.slice(0, 3).every((heading, index) => heading === foldHeading(cells[index] ?? ''));
