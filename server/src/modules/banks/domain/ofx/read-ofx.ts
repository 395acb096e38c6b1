/** Movements of an OFX file, by the habits of Brazilian banks. */

import { readFirstEight } from '../dates.ts';
import { readAmount } from '../decimal.ts';
import { isInformation, isOpeningBalance } from '../information.ts';
import type { Line } from '../lines.ts';
import { BrokenFile, type FileAccount, type FileEnd, type FileEntry, type FileItem, quote, type Warning } from '../statement.ts';
import { type OfxBalance, type OfxRow, readRecords } from './records.ts';
import { type OfxSurvey, referenceOf, textOf, typeOf } from './survey.ts';

const [ITAU, NUBANK] = ['341', '260'];

/** What one statement of the file said of its balances. */
type Standing = {
  openingMinor?: bigint;
  closingMinor?: bigint;
  closingDate?: string;
  endDate?: string;
  last?: string;
  sumMinor: bigint;
  rows: number;
  refused: number;
};

/** The movements of the file, and at its end what it says of balances. @throws BrokenFile when opening, movements and closing do not agree */
export async function* readOfx(batches: AsyncIterable<Line[]>, survey: OfxSurvey): AsyncGenerator<FileItem> {
  const standings = survey.accounts.map((): Standing => ({ sumMinor: 0n, rows: 0, refused: 0 }));
  const warnings: Warning[] = [];
  let [line, against] = [1, 0];
  for await (const record of readRecords(batches)) {
    line = record.line;
    if (record.type === 'fact' && record.tag === 'DTEND' && record.statement >= 0)
      standings[record.statement]!.endDate = readFirstEight(record.value);
    if (record.type !== 'row' && record.type !== 'balance') continue;
    const standing = standings[record.statement];
    const account = survey.accounts[record.statement];
    if (!standing || !account) {
      yield { kind: 'refused', line, reason: 'outside-a-statement' };
    } else if (record.type === 'balance') {
      noteClosing(standing, record, account, survey, warnings);
    } else {
      const item = judgeRow(record, account, survey, standing);
      if (item.kind === 'entry') {
        standing.sumMinor += item.amountMinor;
        standing.rows += 1;
        if (standing.last === undefined || item.date > standing.last) standing.last = item.date;
        if (typeOf(record) === (item.amountMinor > 0n ? 'DEBIT' : 'CREDIT')) against += 1;
      } else if (item.kind === 'refused') standing.refused += 1;
      yield item;
    }
  }
  if (survey.isUnsigned) warnings.push({ reason: 'amounts-without-sign' });
  else if (against > 0) warnings.push({ reason: 'sign-against-type', detail: String(against) });
  for (const standing of standings) proveSum(standing, line, warnings);
  yield conclude(survey, standings, warnings);
}

function judgeRow(row: OfxRow, account: FileAccount, survey: OfxSurvey, standing: Standing): FileItem {
  const { fields, line } = row;
  const text = textOf(row);
  const raw = fields.get('TRNAMT') ?? '';
  if (isInformation(text)) {
    if (isOpeningBalance(text) && standing.rows === 0) standing.openingMinor ??= readBalance(raw, account, survey);
    return { kind: 'ignored', line, reason: 'balance-line' };
  }
  if (row.twice) return { kind: 'refused', line, reason: 'field-twice', detail: row.twice };
  const currency = fields.get('CURSYM');
  if (currency && currency !== 'BRL' && !fields.has('ORIGCURRENCY'))
    return { kind: 'refused', line, reason: 'amount-in-other-currency', detail: quote(currency) };
  const amount = readAmount(raw, survey.mark);
  if (amount.fault) return { kind: 'refused', line, reason: amount.fault, detail: quote(raw) };
  const date = readFirstEight(fields.get('DTPOSTED') ?? '');
  if (date === undefined) return { kind: 'refused', line, reason: 'date-unreadable', detail: quote(fields.get('DTPOSTED') ?? '') };
  const said = fields.get('FITID') ?? '';
  if (said === '' && survey.hasReferences) return { kind: 'refused', line, reason: 'fitid-missing', detail: quote(text) };
  if (amount.minor === 0n) return { kind: 'ignored', line, reason: 'amount-zero' };
  const isOut = survey.isUnsigned && typeOf(row) === 'DEBIT';
  const entry: FileEntry = { kind: 'entry', line, date, amountMinor: isOut ? -amount.minor : amount.minor, text, account: row.statement };
  const reference = referenceOf(row);
  return reference === undefined ? entry : { ...entry, reference };
}

/** Itaú writes balances as centavos without a mark. Of another bank such a number could be either, and is not taken. */
function readBalance(raw: string, { bank }: FileAccount, { mark }: OfxSurvey): bigint | undefined {
  const bare = raw.trim();
  if (/^[-+]?\d+$/.test(bare)) return bank === ITAU || /^[-+]?0+$/.test(bare) ? BigInt(bare.replace('+', '')) : undefined;
  return readAmount(raw, mark).minor;
}

function noteClosing(standing: Standing, { fields, line }: OfxBalance, account: FileAccount, survey: OfxSurvey, warnings: Warning[]): void {
  const raw = fields.get('BALAMT') ?? '';
  if (account.kind === 'card' && account.bank === NUBANK) {
    warnings.push({ reason: 'closing-without-payments', line });
    return;
  }
  if (/^[\s.,]*$/.test(raw)) return;
  const balance = readBalance(raw, account, survey);
  // Bradesco says 0,00 of a day of zeros: that is no balance.
  const isOfNoDay = /^0+(\D|$)/.test(fields.get('DTASOF')?.trim() ?? '');
  if (balance === undefined) warnings.push({ reason: 'closing-unclear', line, detail: quote(raw) });
  else if (!(isOfNoDay && balance === 0n)) {
    standing.closingMinor = balance;
    standing.closingDate = readFirstEight(fields.get('DTASOF') ?? '');
  }
}

/** Opening and movements give the closing, where the file says all three of the same days. @throws BrokenFile when they do not */
function proveSum(
  { openingMinor, closingMinor, closingDate, endDate, last, sumMinor, refused }: Standing,
  line: number,
  warnings: Warning[],
): void {
  if (openingMinor === undefined || closingMinor === undefined || openingMinor + sumMinor === closingMinor) return;
  const missing = String(closingMinor - openingMinor - sumMinor);
  const isOfTheSameDays =
    closingDate !== undefined && ((last !== undefined && closingDate <= last) || (endDate !== undefined && closingDate <= endDate));
  if (isOfTheSameDays && refused === 0) throw new BrokenFile(line, 'sum-does-not-agree', missing);
  warnings.push({ reason: 'sum-not-proven', detail: missing });
}

function conclude({ accounts }: OfxSurvey, standings: Standing[], warnings: Warning[]): FileEnd {
  const used = standings.filter(({ rows, refused }) => rows + refused > 0);
  if (used.length > 1) warnings.push({ reason: 'several-accounts', detail: String(used.length) });
  const one = used.length === 1 ? used[0] : standings.length === 1 ? standings[0] : undefined;
  return {
    kind: 'end',
    format: 'ofx',
    layout: 'ofx',
    accounts,
    openingMinor: one?.openingMinor ?? null,
    closingMinor: one?.closingMinor ?? null,
    warnings,
  };
}
