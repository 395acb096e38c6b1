/** The statement of CNAB 240 (service 04, segment E): lots with an opening balance, movements, and a trailer that says what they must add up to. */
import type { Line } from '../lines.ts';
import { BrokenFile, type FileAccount, type FileItem, quote, tidyText, type Warning } from '../statement.ts';
import { centavos, count, day, field, signedCentavos, words } from './fields.ts';

type Lot = { account: number; line: number; openingMinor?: bigint; inMinor: bigint; outMinor: bigint; records: number; refused: number };

/** @throws BrokenFile when the file is cut off, or a lot does not add up to what its trailer says */
export async function* readStatement240(batches: AsyncIterable<Line[]>): AsyncGenerator<FileItem> {
  const [accounts, warnings] = [[] as FileAccount[], [] as Warning[]];
  const balances: { openingMinor?: bigint; closingMinor?: bigint }[] = [];
  let lot: Lot | undefined;
  let [last, isEnded] = [0, false];
  for await (const lines of batches) {
    for (const { number, text } of lines) {
      last = number;
      if (text.trim() === '') continue;
      const type = field(text, 8, 8);
      if (type === '0') isEnded = false;
      else if (type === '9') isEnded = true;
      else if (type === '1') {
        lot = openLot(text, number, accounts);
      } else if (type === '3') {
        if (!lot) yield { kind: 'refused', line: number, reason: 'outside-a-lot' };
        else if (field(text, 14, 14).toUpperCase() === 'E') yield noteItem(lot, judge(text, number, lot.account));
        else yield { kind: 'ignored', line: number, reason: 'other-segment' };
      } else if (type === '5') {
        if (!lot) yield { kind: 'refused', line: number, reason: 'outside-a-lot' };
        else balances.push(proveLot(lot, text, number, warnings));
        lot = undefined;
      } else yield { kind: 'refused', line: number, reason: 'record-unknown', detail: quote(text) };
    }
  }
  if (!isEnded || lot) throw new BrokenFile(last, 'file-cut-off', lot ? '5' : '9');
  if (accounts.length > 1) warnings.push({ reason: 'several-accounts', detail: String(accounts.length) });
  const one = balances.length === 1 ? balances[0] : undefined;
  const [openingMinor, closingMinor] = [one?.openingMinor ?? null, one?.closingMinor ?? null];
  yield { kind: 'end', format: 'cnab240-statement', layout: 'cnab240-statement', accounts, openingMinor, closingMinor, warnings };
}

function openLot(text: string, line: number, accounts: FileAccount[]): Lot {
  const account: FileAccount = { kind: 'account', bank: words(text, 1, 3), branch: words(text, 53, 57), number: words(text, 59, 71) };
  const known = accounts.findIndex((one) => one.branch === account.branch && one.number === account.number);
  if (known < 0) accounts.push(account);
  const openingMinor = signedCentavos(text, 151, 168, 169);
  return { account: known < 0 ? accounts.length - 1 : known, line, openingMinor, inMinor: 0n, outMinor: 0n, records: 0, refused: 0 };
}

function judge(text: string, line: number, account: number): FileItem {
  const date = day(text, 143, 150);
  if (date === undefined) return { kind: 'refused', line, reason: 'date-unreadable', detail: words(text, 143, 150) };
  const amountMinor = signedCentavos(text, 151, 168, 169);
  if (amountMinor === undefined) return { kind: 'refused', line, reason: 'amount-unreadable', detail: words(text, 151, 169) };
  if (amountMinor === 0n) return { kind: 'ignored', line, reason: 'amount-zero' };
  // Four columns of the bank's own code stand before the words; some banks leave them out.
  const history = field(text, 173, 201);
  const said = /^[\d ]{4}/.test(history) ? history.slice(4) : history;
  const document = words(text, 202, 240);
  const entry: FileItem = { kind: 'entry', line, date, amountMinor, text: tidyText(said) || document, account };
  return /^[0 ]*$/.test(document) ? entry : { ...entry, reference: tidyText(document) };
}

function noteItem(lot: Lot, item: FileItem): FileItem {
  lot.records += 1;
  if (item.kind === 'refused') lot.refused += 1;
  if (item.kind !== 'entry') return item;
  if (item.amountMinor > 0n) lot.inMinor += item.amountMinor;
  else lot.outMinor -= item.amountMinor;
  return item;
}

/** What the trailer says, against what was read. A field that a bank leaves blank proves nothing; one that differs breaks the file. */
function proveLot(lot: Lot, text: string, line: number, warnings: Warning[]): { openingMinor?: bigint; closingMinor?: bigint } {
  const closingMinor = signedCentavos(text, 151, 168, 169);
  const [records, debits, credits] = [count(text, 171, 176), centavos(text, 177, 194), centavos(text, 195, 212)];
  const { openingMinor, inMinor, outMinor } = lot;
  // The count has the lot's own header and trailer in it, at some banks the movements alone.
  const isCountRight = !records || records === lot.records || records === lot.records + 2;
  if (!isCountRight) throw new BrokenFile(line, 'count-does-not-agree', `${records} ≠ ${lot.records + 2}`);
  if (lot.refused > 0) {
    warnings.push({ reason: 'sum-not-proven', line });
    return { openingMinor, closingMinor };
  }
  const areSumsSaid = (debits ?? 0n) !== 0n || (credits ?? 0n) !== 0n;
  if (areSumsSaid && debits !== undefined && debits !== outMinor)
    throw new BrokenFile(line, 'sum-does-not-agree', `${debits} ≠ ${outMinor}`);
  if (areSumsSaid && credits !== undefined && credits !== inMinor)
    throw new BrokenFile(line, 'sum-does-not-agree', `${credits} ≠ ${inMinor}`);
  if (openingMinor !== undefined && closingMinor !== undefined && openingMinor + inMinor - outMinor !== closingMinor)
    throw new BrokenFile(line, 'sum-does-not-agree', String(closingMinor - openingMinor - inMinor + outMinor));
  return { openingMinor, closingMinor };
}
