/** What can be said of an OFX file only when all of it was seen: which mark its amounts have, whether it names movements, whether it is whole. */
import { type DecimalMark, readAmount, sureMark } from '../decimal.ts';
import { isInformation } from '../information.ts';
import type { Line } from '../lines.ts';
import { BrokenFile, type FileAccount, joinTexts } from '../statement.ts';
import { type OfxRow, readRecords } from './records.ts';

export type OfxSurvey = {
  accounts: FileAccount[];
  /** The mark of all amounts; undefined when none tells, or when both are written (Santander does). */
  mark?: DecimalMark;
  /** Whether the bank names movements at all: where it names some, one without a name is refused. */
  hasReferences: boolean;
  /** No amount is negative though there are debits: their type says the direction. */
  isUnsigned: boolean;
};

const NOT_OURS = /^(?!BRL$|BRC$|R\$$|986$)/;

/** @throws BrokenFile when the file is cut off, is not in reais, or holds no statement */
export async function surveyOfx(batches: AsyncIterable<Line[]>): Promise<OfxSurvey> {
  const [accounts, marks, file] = [[] as FileAccount[], new Set<DecimalMark>(), {} as FileAccount];
  let [named, negative, debits] = [0, 0, 0];
  for await (const record of readRecords(batches)) {
    if (record.type === 'statement') accounts.push({ kind: record.kind });
    else if (record.type === 'fact') noteFact(accounts.at(-1) ?? file, record);
    else if (record.type === 'file-end') {
      if (!record.isClosed) throw new BrokenFile(record.line, 'file-cut-off', '</OFX>');
      if (accounts.length === 0) throw new BrokenFile(record.line, 'no-statement');
    } else {
      const mark = sureMark(record.fields.get(record.type === 'row' ? 'TRNAMT' : 'BALAMT') ?? '');
      if (mark) marks.add(mark);
      if (record.type !== 'row' || isInformation(textOf(record))) continue;
      if (referenceOf(record)) named += 1;
      if ((readAmount(record.fields.get('TRNAMT') ?? '', mark).minor ?? 0n) < 0n) negative += 1;
      if (typeOf(record) === 'DEBIT') debits += 1;
    }
  }
  return {
    accounts: accounts.map((account) => ({ ...account, bank: account.bank ?? file.bank })),
    mark: marks.size === 1 ? [...marks][0] : undefined,
    hasReferences: named > 0,
    isUnsigned: debits > 0 && negative === 0,
  };
}

export const textOf = ({ fields }: OfxRow): string => joinTexts(fields.get('NAME') ?? '', fields.get('MEMO') ?? '');

/** `CREDIT`, `DEBIT`, or one of the finer kinds that the sign of the amount decides. */
export const typeOf = ({ fields }: OfxRow): string => fields.get('TRNTYPE')?.toUpperCase() ?? '';

/** What the bank calls a movement; nothing when it says only zeros, as Caixa does. */
export function referenceOf({ fields }: OfxRow): string | undefined {
  const said = (fields.get('FITID') ?? '').replace(/\s+/g, ' ');
  return /^[0 ]*$/.test(said) ? undefined : said.slice(0, 255);
}

function noteFact(account: FileAccount, { tag, value, line }: { tag: string; value: string; line: number }): void {
  if (value === '') return;
  if (tag === 'CURDEF' && NOT_OURS.test(value.toUpperCase())) throw new BrokenFile(line, 'not-in-reais', value.slice(0, 10));
  if (tag === 'BANKID' || tag === 'FID') account.bank = bankCode(value) ?? account.bank;
  if (tag === 'ORG' && account.bank === undefined && /^NU(BANK| PAGAMENTOS)/i.test(value)) account.bank = '260';
  if (tag === 'BRANCHID') account.branch = value.slice(0, 40);
  if (tag === 'ACCTID') account.number = value.slice(0, 40);
}

/** The clearing code: Itaú writes `0341`. */
const bankCode = (value: string): string | undefined => /^0*(\d{1,3})$/.exec(value)?.[1]?.padStart(3, '0');
