/** Returns of collection (cobrança): CNAB 400 of Itaú, Bradesco and Santander, and CNAB 240 (segments T and U). */
import type { Line } from '../lines.ts';
import { BrokenFile, type FileAccount, type FileItem, quote, tidyText } from '../statement.ts';
import { movementsOf, PAID, type ReturnRecord } from './boletos.ts';
import { centavos, day, field, words } from './fields.ts';

const ITAU = '341';
/** Where each bank keeps the number it gave the boleto (nosso número). */
const OUR_NUMBER_400: Record<string, readonly [number, number]> = { '341': [63, 70], '237': [71, 82], '033': [63, 70] };
const NOTE_400 = new Set(['2', '3', '4', '5', '8']);

/** @throws BrokenFile when the trailer is missing */
export async function* readReturn400(batches: AsyncIterable<Line[]>): AsyncGenerator<FileItem> {
  const account: FileAccount = { kind: 'account' };
  let [last, isEnded] = [0, false];
  for await (const lines of batches) {
    for (const { number, text } of lines) {
      last = number;
      const type = field(text, 1, 1);
      if (text.trim() === '') continue;
      if (type === '0') {
        account.bank = words(text, 77, 79);
        isEnded = false;
      } else if (type === '9') isEnded = true;
      else if (type === '1') yield* judge(read400(text, number, account.bank ?? ''));
      else if (NOTE_400.has(type)) yield { kind: 'ignored', line: number, reason: 'other-segment' };
      else yield { kind: 'refused', line: number, reason: 'record-unknown', detail: quote(text) };
    }
  }
  if (!isEnded) throw new BrokenFile(last, 'file-cut-off', '9');
  yield end('cnab400-return', account);
}

/** Of Itaú the principal is what came into the account, net of the fee: what was paid is both together. Of the others it is what was paid. */
function read400(text: string, line: number, bank: string): ReturnRecord | Unreadable {
  const [principal, fee, face] = [centavos(text, 254, 266), centavos(text, 176, 188), centavos(text, 153, 165)];
  const interest = centavos(text, 267, 279) ?? 0n;
  const occurrence = field(text, 109, 110);
  if (!/^\d\d$/.test(occurrence)) return { line, reason: 'occurrence-unreadable', detail: quote(occurrence) };
  if (PAID.has(occurrence) && principal === undefined) return { line, reason: 'amount-unreadable', detail: words(text, 254, 266) };
  const [first, last] = OUR_NUMBER_400[bank] ?? OUR_NUMBER_400['341']!;
  const feeMinor = fee ?? 0n;
  return {
    line,
    occurrence,
    date: day(text, 296, 301) ?? day(text, 111, 116),
    ourNumber: tidyText(words(text, first, last)),
    documentNumber: tidyText(words(text, 117, 126)),
    faceMinor: face ?? 0n,
    paidMinor: bank === ITAU ? (principal ?? 0n) + feeMinor : (principal ?? 0n),
    feeMinor,
    interestMinor: interest,
  };
}

/** @throws BrokenFile when the trailer is missing */
export async function* readReturn240(batches: AsyncIterable<Line[]>): AsyncGenerator<FileItem> {
  const account: FileAccount = { kind: 'account' };
  let title: { line: number; text: string } | undefined;
  let [last, isEnded] = [0, false];
  for await (const lines of batches) {
    for (const { number, text } of lines) {
      last = number;
      if (text.trim() === '') continue;
      const [type, segment] = [field(text, 8, 8), field(text, 14, 14).toUpperCase()];
      if (type === '0') {
        account.bank = words(text, 1, 3);
        isEnded = false;
      } else if (type === '9') isEnded = true;
      else if (type === '3' && segment === 'T') {
        if (title) yield { kind: 'refused', line: title.line, reason: 'segment-u-missing' };
        title = { line: number, text };
      } else if (type === '3' && segment === 'U') {
        if (title) yield* judge(read240(title, text));
        else yield { kind: 'refused', line: number, reason: 'segment-t-missing' };
        title = undefined;
      } else if (type === '3') yield { kind: 'ignored', line: number, reason: 'other-segment' };
      else if (type !== '1' && type !== '5') yield { kind: 'refused', line: number, reason: 'record-unknown', detail: quote(text) };
    }
  }
  if (title) yield { kind: 'refused', line: title.line, reason: 'segment-u-missing' };
  if (!isEnded) throw new BrokenFile(last, 'file-cut-off', '9');
  yield end('cnab240-return', account);
}

function read240(title: { line: number; text: string }, money: string): ReturnRecord | Unreadable {
  const { line, text } = title;
  const [face, fee, paid, net] = [centavos(text, 82, 96), centavos(text, 199, 213), centavos(money, 78, 92), centavos(money, 93, 107)];
  const occurrence = field(text, 16, 17);
  if (!/^\d\d$/.test(occurrence)) return { line, reason: 'occurrence-unreadable', detail: quote(occurrence) };
  if (PAID.has(occurrence) && paid === undefined && net === undefined)
    return { line: line + 1, reason: 'amount-unreadable', detail: words(money, 78, 92) };
  return {
    line,
    occurrence,
    date: day(money, 146, 153) ?? day(money, 138, 145),
    ourNumber: tidyText(words(text, 38, 57)),
    documentNumber: tidyText(words(text, 59, 73)),
    faceMinor: face ?? 0n,
    paidMinor: paid || net || 0n,
    feeMinor: fee ?? 0n,
    interestMinor: centavos(money, 18, 32) ?? 0n,
  };
}

type Unreadable = { line: number; reason: string; detail: string };

function judge(record: ReturnRecord | Unreadable): FileItem[] {
  if ('reason' in record) return [{ kind: 'refused', ...record }];
  const { line, date, paidMinor, feeMinor, occurrence } = record;
  const isMoney = (PAID.has(occurrence) && paidMinor > 0n) || feeMinor > 0n;
  if (!isMoney) return [{ kind: 'ignored', line, reason: 'no-money-moved' }];
  return date === undefined ? [{ kind: 'refused', line, reason: 'date-unreadable' }] : movementsOf({ ...record, date }, 0);
}

const end = (format: 'cnab400-return' | 'cnab240-return', account: FileAccount): FileItem => ({
  kind: 'end',
  format,
  layout: format,
  accounts: [account],
  openingMinor: null,
  closingMinor: null,
  warnings: [],
});
